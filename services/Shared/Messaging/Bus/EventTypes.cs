using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Text.Json;
using MassTransit;
using PortalServices.Http.Json;

namespace PortalServices.Messaging.Bus;

/// <summary>
/// The events that this process publishes or consumes, by the name that is written into outboxes and dead letters.
/// </summary>
internal sealed class EventTypes(IEnumerable<EventType> types)
{
    private readonly Dictionary<string, Type> _byName = types
        .Select(each => each.Type)
        .Distinct()
        .ToDictionary(NameOf, StringComparer.Ordinal);
    private readonly HashSet<Type> _optional =
    [
        .. types
            .GroupBy(each => each.Type)
            .Where(alike => alike.All(each => each.IsOptional))
            .Select(alike => alike.Key),
    ];

    /// <summary>The message's URN, the same on the wire: <c>portal:article-published:v1</c>.</summary>
    public static string NameOf(Type type) => MessageUrn.ForTypeString(type);

    /// <summary>The exchange that events of a type are published to.</summary>
    public static string ExchangeOf(Type type) => type.GetCustomAttribute<EntityNameAttribute>()!.EntityName;

    /// <summary>Whether an event of a type may be published where no queue takes it.</summary>
    public bool IsOptional(Type type) => _optional.Contains(type);

    public static string Write(object message) =>
        JsonSerializer.Serialize(message, message.GetType(), PortalJson.Options);

    /// <summary>Reads an event; false when the process does not know its type, or the text is none of it.</summary>
    public bool TryRead(string name, string body, [NotNullWhen(true)] out object? message)
    {
        message = null;
        try
        {
            message = _byName.TryGetValue(name, out var type)
                ? JsonSerializer.Deserialize(body, type, PortalJson.Options)
                : null;
        }
        catch (JsonException)
        {
            // As told by the result.
        }

        return message is not null;
    }
}

/// <summary>One of <see cref="EventTypes"/>.</summary>
/// <param name="Type">Its type.</param>
/// <param name="IsOptional">No part of the product needs it: it is published for others, whether there are any or
/// not.</param>
internal sealed record EventType(Type Type, bool IsOptional = false);
