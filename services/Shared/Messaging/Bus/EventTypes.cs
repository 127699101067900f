using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using MassTransit;
using PortalServices.ServiceDefaults;

namespace PortalServices.Messaging;

/// <summary>The events that this process publishes or consumes, by the name that is written into outboxes and dead letters.</summary>
internal sealed class EventTypes(IEnumerable<EventType> types)
{
    readonly Dictionary<string, Type> _byName = types.Select(each => each.Type).Distinct().ToDictionary(NameOf, StringComparer.Ordinal);

    /// <summary>The message's URN, the same on the wire: <c>portal:article-published:v1</c>.</summary>
    public static string NameOf(Type type) => MessageUrn.ForTypeString(type);

    public static string Write(object message) => JsonSerializer.Serialize(message, message.GetType(), PortalJson.Options);

    /// <summary>Reads an event; false when the process does not know its type, or the text is none of it.</summary>
    public bool TryRead(string name, string body, [NotNullWhen(true)] out object? message)
    {
        message = null;
        try
        {
            message = _byName.TryGetValue(name, out var type) ? JsonSerializer.Deserialize(body, type, PortalJson.Options) : null;
        }
        catch (JsonException)
        {
            // As told by the result.
        }

        return message is not null;
    }
}

/// <summary>One of <see cref="EventTypes"/>.</summary>
internal sealed record EventType(Type Type);
