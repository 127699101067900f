using System.Collections.Concurrent;
using PortalServices.Contracts;
using PortalServices.Counting.Model;
using PortalServices.Messaging.Bus;

namespace PortalServices.Counting.Tests.Fixtures;

/// <summary>A bus that keeps what it is handed, or takes nothing.</summary>
internal sealed class CapturedEvents : IEventTransport
{
    private readonly ConcurrentQueue<PageViewsCounted> _taken = new();
    private readonly ConcurrentQueue<SiteViewsCounted> _sites = new();
    private readonly ConcurrentQueue<PublishedPagesRequested> _requests = new();
    private int _tries;

    public bool IsAway { get; set; }

    /// <summary>How often it was handed what a page shows.</summary>
    public int Tries => Volatile.Read(ref _tries);

    public IReadOnlyList<PageViewsCounted> Taken => [.. _taken];

    /// <summary>What was told of whole sites, which is always taken.</summary>
    public IReadOnlyList<SiteViewsCounted> OfSites => [.. _sites];

    /// <summary>What it was asked for.</summary>
    public IReadOnlyList<PublishedPagesRequested> Requests => [.. _requests];

    public void Clear() => _taken.Clear();

    public Task PublishAsync(EventEnvelope envelope, CancellationToken cancel)
    {
        if (envelope.Message is SiteViewsCounted site)
        {
            _sites.Enqueue(site);
            return Task.CompletedTask;
        }

        Interlocked.Increment(ref _tries);
        if (IsAway)
        {
            throw new InvalidOperationException("No queue takes the event.");
        }

        if (envelope.Message is PublishedPagesRequested request)
        {
            _requests.Enqueue(request);
        }
        else
        {
            _taken.Enqueue((PageViewsCounted)envelope.Message);
        }

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
