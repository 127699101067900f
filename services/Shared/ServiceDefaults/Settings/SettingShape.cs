using System.Collections.Concurrent;
using System.ComponentModel;
using System.Reflection;

namespace PortalServices.ServiceDefaults.Settings;

/// <summary>
/// How a setting or a section is built: what settings are held to, so that none is ignored in silence.
/// </summary>
public abstract class SettingShape
{
    private static readonly ConcurrentDictionary<Type, SettingShape> OfTypes = new();

    private static readonly Dictionary<string, SettingShape> NoMembers = [];

    /// <summary>Anything at all.</summary>
    public static SettingShape Any { get; } = new AnyShape();

    /// <summary>Text.</summary>
    public static SettingShape Text { get; } = Value(typeof(string));

    /// <summary>As a replacement of a property's shape: there is no such setting.</summary>
    public static SettingShape None { get; } = new AnyShape();

    /// <summary>
    /// As configuration is bound to a type: a value, a list, a dictionary, or an object with the properties that can be
    /// bound.
    /// </summary>
    public static SettingShape Of(Type type) => OfTypes.GetOrAdd(type, static each => Of(each, _ => null));

    /// <summary>Likewise, with other shapes for some properties, at any depth.</summary>
    /// <param name="type">The type.</param>
    /// <param name="replace">The shape of a property where it is another than that of its type; <see cref="None"/>
    /// leaves the property out.</param>
    public static SettingShape Of(Type type, Func<PropertyInfo, SettingShape?> replace)
    {
        ArgumentNullException.ThrowIfNull(type);
        ArgumentNullException.ThrowIfNull(replace);
        if (TypeDescriptor.GetConverter(Nullable.GetUnderlyingType(type) ?? type).CanConvertFrom(typeof(string)))
        {
            return Value(type);
        }
        if (ArgumentsOf(type, typeof(IDictionary<,>), typeof(IReadOnlyDictionary<,>)) is [_, var value])
        {
            return Map(Of(value, replace));
        }
        if (ArgumentsOf(type, typeof(IEnumerable<>)) is [var item])
        {
            return List(Of(item, replace));
        }
        return new ObjectShape(
            () =>
                BoundProperties(type)
                    .Select(property => (property.Name, Shape: replace(property) ?? Of(property.PropertyType, replace)))
                    .Where(member => member.Shape != None)
                    .ToDictionary(member => member.Name, member => member.Shape, StringComparer.OrdinalIgnoreCase),
            BoundProperties(type)
                .SelectMany(property =>
                    property
                        .GetCustomAttributes<RenamedFromAttribute>()
                        .Select(earlier => (earlier.Name, Now: $"it is called {property.Name} now"))
                )
                .ToDictionary(renamed => renamed.Name, renamed => renamed.Now)
        );
    }

    /// <summary>One value that can be read as a type.</summary>
    /// <param name="type">The type.</param>
    /// <param name="fault">Says what is wrong with a value that was read, or null.</param>
    public static SettingShape Value(Type type, Func<object, string?>? fault = null) => new ValueShape(type, fault);

    /// <summary>One value.</summary>
    /// <param name="fault">Says what is wrong with its text, or null.</param>
    public static SettingShape Value(Func<string, string?> fault) =>
        new ValueShape(typeof(string), text => fault((string)text));

    /// <summary>Numbered entries.</summary>
    public static SettingShape List(SettingShape entry) => new ListShape(entry);

    /// <summary>Entries of any names.</summary>
    public static SettingShape Map(SettingShape entry) => new ObjectShape(() => NoMembers, others: entry);

    /// <summary>Entries of these names; no matter the case.</summary>
    /// <param name="members">The names with their shapes.</param>
    /// <param name="insteadOf">For names that one might expect and that are none of them: what to use instead.</param>
    public static SettingShape Section(
        IReadOnlyDictionary<string, SettingShape> members,
        IReadOnlyDictionary<string, string>? insteadOf = null
    )
    {
        var shapes = new Dictionary<string, SettingShape>(members, StringComparer.OrdinalIgnoreCase);
        return new ObjectShape(() => shapes, insteadOf);
    }

    /// <summary>Likewise.</summary>
    public static SettingShape Section(params IEnumerable<(string Name, SettingShape Shape)> members) =>
        Section(members.ToDictionary(member => member.Name, member => member.Shape));

    /// <summary>Whether nothing in a section is against this shape.</summary>
    public bool Accepts(IConfiguration configuration, string section)
    {
        List<string> mistakes = [];
        Check(SettingNode.Read(configuration, section), mistakes);
        return mistakes.Count == 0;
    }

    internal abstract void Check(SettingNode node, ICollection<string> mistakes);

    // What the binder sets: properties with a setter, collections and objects that it fills, parameters of a record.
    private static IEnumerable<PropertyInfo> BoundProperties(Type type)
    {
        var parameters = type.GetConstructors()
            .SelectMany(each => each.GetParameters())
            .Select(each => each.Name)
            .ToHashSet(StringComparer.OrdinalIgnoreCase);
        return type.GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Where(property =>
                property.GetIndexParameters().Length == 0
                && (
                    property.SetMethod?.IsPublic == true
                    || parameters.Contains(property.Name)
                    || !TypeDescriptor.GetConverter(property.PropertyType).CanConvertFrom(typeof(string))
                )
            );
    }

    private static Type[]? ArgumentsOf(Type type, params Type[] definitions) =>
        type.GetInterfaces()
            .Prepend(type)
            .FirstOrDefault(each => each.IsGenericType && definitions.Contains(each.GetGenericTypeDefinition()))
            ?.GetGenericArguments();

    private sealed class AnyShape : SettingShape
    {
        internal override void Check(SettingNode node, ICollection<string> mistakes)
        {
            // Whatever it is.
        }
    }

    private sealed class ValueShape(Type type, Func<object, string?>? fault) : SettingShape
    {
        internal override void Check(SettingNode node, ICollection<string> mistakes)
        {
            foreach (var part in node.Parts)
            {
                mistakes.Add(part.Narrowed().Mistake($"there is no such setting: {node.Path} is a single value"));
            }
            if (node.Value is not { } text)
            {
                return;
            }
            if (SettingValue.Read(type, text, out var value) is { } mistake)
            {
                mistakes.Add(node.MistakeOfValue(mistake));
            }
            else if (value is not null && fault?.Invoke(value) is { } wrong)
            {
                mistakes.Add(node.MistakeOfValue(wrong));
            }
        }
    }

    private sealed class ListShape(SettingShape entry) : SettingShape
    {
        internal override void Check(SettingNode node, ICollection<string> mistakes)
        {
            if (node.HasText)
            {
                mistakes.Add(node.Mistake($"a list, not a single value: its entries are {node.Path}:0 and so on"));
            }
            foreach (var part in node.Parts)
            {
                if (part.Key.Length is 0 or > 6 || !part.Key.All(char.IsAsciiDigit))
                {
                    mistakes.Add(
                        part.Narrowed()
                            .Mistake($"there is no such setting: the entries of a list are {node.Path}:0 and so on")
                    );
                }
                else if (part.Value is null && part.Parts.Count == 0)
                {
                    mistakes.Add(part.Mistake("an entry of a list without a value"));
                }
                else
                {
                    entry.Check(part, mistakes);
                }
            }
        }
    }

    private sealed class ObjectShape(
        Func<IReadOnlyDictionary<string, SettingShape>> members,
        IReadOnlyDictionary<string, string>? insteadOf = null,
        SettingShape? others = null
    ) : SettingShape
    {
        // Made when it is asked for: a type can have itself for a part.
        private readonly Lazy<IReadOnlyDictionary<string, SettingShape>> _members = new(members);

        internal override void Check(SettingNode node, ICollection<string> mistakes)
        {
            if (node.HasText)
            {
                mistakes.Add(node.Mistake("a section, not a single value"));
            }
            foreach (var part in node.Parts)
            {
                if ((_members.Value.GetValueOrDefault(part.Key) ?? others) is { } shape)
                {
                    shape.Check(part, mistakes);
                    continue;
                }
                var instead = insteadOf
                    ?.FirstOrDefault(each => each.Key.Equals(part.Key, StringComparison.OrdinalIgnoreCase))
                    .Value;
                mistakes.Add(
                    part.Narrowed()
                        .Mistake(instead is null ? "there is no such setting" : $"there is no such setting: {instead}")
                );
            }
        }
    }
}
