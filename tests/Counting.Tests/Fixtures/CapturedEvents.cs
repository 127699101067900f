using System.Collections.Concurrent;
using PortalServices.Contracts;
using PortalServices.Counting.Storage;
using PortalServices.Messaging;

namespace PortalServices.Counting.Tests.Fixtures;

/// <summary>A bus that keeps what it is handed, or takes nothing.</summary>
internal sealed class CapturedEvents : IEventTransport
{
    private readonly ConcurrentQueue<PageViewsCounted> _taken = new();
    private int _tries;

    public bool IsAway { get; set; }

    /// <summary>How often it was handed something.</summary>
    public int Tries => Volatile.Read(ref _tries);

    public IReadOnlyList<PageViewsCounted> Taken => [.. _taken];

    public void Clear() => _taken.Clear();

    public Task PublishAsync(EventEnvelope envelope, CancellationToken cancel)
    {
        Interlocked.Increment(ref _tries);
        if (IsAway)
        {
            throw new InvalidOperationException("No queue takes the event.");
        }

        _taken.Enqueue((PageViewsCounted)envelope.Message);
        return Task.CompletedTask;
    }

    /// <summary>What somebody shows who got these events: of each page the number of the highest version.</summary>
    public static Dictionary<string, long> Reduce(IEnumerable<PageViewsCounted> events)
    {
        var pages = new Dictionary<string, (LedgerVersion Version, long Views)>(StringComparer.Ordinal);
        foreach (var each in events)
        {
            var version = new LedgerVersion(each.Epoch, each.Commit);
            if (!pages.TryGetValue(each.Path, out var held) || version.CompareTo(held.Version) > 0)
            {
                pages[each.Path] = (version, each.Views);
            }
        }

        return pages.ToDictionary(page => page.Key, page => page.Value.Views, StringComparer.Ordinal);
    }
}
