using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Reflection;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace PortalServices.ServiceDefaults;

/// <summary>
/// Binds a section and names every mistake in it at once by its key: a value that cannot be read, one against its attributes, a key that does
/// not exist (a misspelt setting must not be ignored in silence).
/// </summary>
internal sealed class ValidatedSection<T>(IConfiguration configuration, string section) : IConfigureOptions<T>, IValidateOptions<T> where T : class
{
    static readonly PropertyInfo[] Properties = typeof(T).GetProperties(BindingFlags.Public | BindingFlags.Instance);
    List<string> _unreadable = [];

    public void Configure(T options)
    {
        var settings = configuration.GetSection(section);
        List<string> unreadable = [];
        try
        {
            settings.Bind(options);
        }
        catch (InvalidOperationException)
        {
            // The binder stops at the first value it cannot read: go on property by property.
            foreach (var property in Properties.Where(p => p.CanWrite))
                BindOne(settings.GetSection(property.Name), property, options, unreadable);
        }

        _unreadable = unreadable;
    }

    public ValidateOptionsResult Validate(string? name, T options)
    {
        var failures = new List<string>(_unreadable);
        failures.AddRange(configuration.GetSection(section).GetChildren()
            .Where(child => !Properties.Any(p => p.Name.Equals(child.Key, StringComparison.OrdinalIgnoreCase)))
            .Select(child => $"{child.Path}: there is no such setting"));
        List<ValidationResult> results = [];
        Validator.TryValidateObject(options, new ValidationContext(options), results, validateAllProperties: true);
        foreach (var result in results)
        {
            var key = $"{section}:{string.Join(", ", result.MemberNames)}";
            if (!failures.Any(failure => failure.StartsWith(key + ":", StringComparison.OrdinalIgnoreCase)))
                failures.Add($"{key}: {result.ErrorMessage}");
        }

        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }

    static void BindOne(IConfigurationSection setting, PropertyInfo property, T options, List<string> unreadable)
    {
        try
        {
            if (setting.Exists() && setting.Get(property.PropertyType) is { } value)
                property.SetValue(options, value);
        }
        catch (InvalidOperationException failure)
        {
            var isSimple = TypeDescriptor.GetConverter(property.PropertyType).CanConvertFrom(typeof(string));
            unreadable.Add(isSimple && setting.Value is not null
                ? $"{setting.Path}: '{setting.Value}' is not {Kind(property.PropertyType)}"
                : $"{setting.Path}: {failure.Message}");
        }
    }

    static string Kind(Type type)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (type.IsEnum)
            return $"one of {string.Join(", ", Enum.GetNames(type))}";
        if (type == typeof(TimeSpan))
            return "a duration like 00:10:00";
        if (type == typeof(bool))
            return "true or false";
        return type == typeof(int) || type == typeof(long) ? "a whole number" : $"a {type.Name}";
    }
}
