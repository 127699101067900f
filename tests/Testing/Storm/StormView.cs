using PortalServices.Testing.Portal;

namespace PortalServices.Testing.Storm;

/// <summary>One view of a storm and what its clients know of it.</summary>
public sealed class StormView(string site, string page)
{
    private int _acknowledged;
    private int _counted;

    /// <summary>The site it is sent to.</summary>
    public string Site => site;

    /// <summary>The page it is a view of.</summary>
    public string Page => page;

    /// <summary>The id it is sent with.</summary>
    public string Id { get; } = ViewCall.NewId();

    /// <summary>No other view goes to this page.</summary>
    public bool HasOwnPage => page.StartsWith("/own/", StringComparison.Ordinal);

    /// <summary>It was sent at least once.</summary>
    public bool Sent { get; set; }

    /// <summary>At least one answer says that it is counted.</summary>
    public bool Acknowledged => Volatile.Read(ref _acknowledged) == 1;

    /// <inheritdoc />
    public override string ToString() => $"{site} {page} {Id}";

    /// <summary>Notes an acknowledgement; true for the first.</summary>
    internal bool Acknowledge() => Interlocked.Exchange(ref _acknowledged, 1) == 0;

    /// <summary>Notes an answer that says "counted now"; true if there was one before.</summary>
    internal bool CountedAgain() => Interlocked.Exchange(ref _counted, 1) == 1;
}
