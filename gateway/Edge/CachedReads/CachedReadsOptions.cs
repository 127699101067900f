using System.ComponentModel.DataAnnotations;

namespace PortalServices.Edge.CachedReads;

/// <summary>Bounds of replies that are cached for readers; section <c>CachedReads</c>.</summary>
public sealed class CachedReadsOptions
{
    /// <summary>The name of the section.</summary>
    public const string Section = "CachedReads";

    /// <summary>
    /// How many replies are cached or asked for at the same time. Past it, and while readers want all of them, further
    /// ones are forwarded one by one.
    /// </summary>
    [Range(1, 1_000_000)]
    public int MaxEntries { get; set; } = 10_000;

    /// <summary>The memory that they may take, in mebibytes (1,048,576 bytes); past it likewise.</summary>
    [Range(1, 4_096)]
    public int MaxMegabytes { get; set; } = 32;

    /// <summary>
    /// How long the last reply of a service that is away is served, marked as stale.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00", "1.00:00:00")]
    public TimeSpan MaxStale { get; set; } = TimeSpan.FromHours(1);
}
