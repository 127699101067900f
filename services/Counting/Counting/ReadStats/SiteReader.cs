using PortalServices.Counting.Ledger;
using PortalServices.Counting.Model;
using PortalServices.Counting.Store;

namespace PortalServices.Counting.ReadStats;

/// <summary>
/// The numbers of one site, held in this process. Commits refresh them; one read a second brings what other replicas
/// counted, for the site and the pages asked for lately; a page that is not held costs one read, shared by all who ask
/// at the time. Nothing asks the store per request.
/// </summary>
internal sealed class SiteReader(
    SiteCalendar calendar,
    StoreClock clock,
    StoreAvailability availability,
    NumbersCache cache,
    NumbersRefresh refresh,
    CountingOptions options,
    TimeProvider time
) : ILedgerSubscriber
{
    /// <summary>A site or page that nobody asked for in this time is not read in the background.</summary>
    public static readonly TimeSpan AskedLately = TimeSpan.FromMinutes(1);

    /// <summary>How long a reader waits for new numbers while there are old ones to show.</summary>
    public static readonly TimeSpan TimeoutWithOldNumbers = TimeSpan.FromSeconds(1);

    private const int MaxReads = 5;

    private readonly ReadRounds _rounds = new(refresh.ReadAsync, availability, options.HeldPages);
    private long _lastAsked;

    /// <summary>The latest snapshot; null until the store was read once.</summary>
    public SiteSnapshot? Latest => cache.Latest;

    /// <summary>The buckets of now.</summary>
    public TimeBuckets Now => calendar.Of(time.GetUtcNow());

    /// <summary>The latest numbers of the site and of some pages, or null when there are none at all.</summary>
    public async ValueTask<SiteView?> ReadAsync(IReadOnlyList<string> paths)
    {
        var now = time.GetTimestamp();
        Volatile.Write(ref _lastAsked, now);
        if (cache.Fresh(paths, now) is { } held)
        {
            return held;
        }

        var round = _rounds.Request(paths);
        if (!availability.IsAway)
        {
            var timeout = Task.Delay(Latest is null ? options.AnswerWithin : TimeoutWithOldNumbers, time);
            for (var reads = 0; reads < MaxReads; reads++, round = _rounds.Request(paths))
            {
                await Task.WhenAny(round, timeout);
                if (!round.IsCompletedSuccessfully || !await round)
                {
                    break;
                }

                // A commit of this process may have changed one of several pages since they were read.
                if (cache.JustRead(paths, time.GetTimestamp()) is { } read)
                {
                    return read;
                }
            }
        }
        else if (Latest is null)
        {
            await Task.WhenAny(round, Task.Delay(options.AnswerWithin, time));
            return round.IsCompletedSuccessfully && await round ? cache.JustRead(paths, time.GetTimestamp()) : null;
        }

        return cache.Last(paths);
    }

    /// <summary>
    /// As <see cref="ReadAsync"/>, but with all that was counted before now: for the reply of a view that was not
    /// committed.
    /// </summary>
    public async ValueTask<SiteView?> ReadNowAsync(IReadOnlyList<string> paths)
    {
        if (!availability.IsAway)
        {
            await Task.WhenAny(_rounds.Request(paths), Task.Delay(TimeoutWithOldNumbers, time));
        }

        return await ReadAsync(paths);
    }

    /// <summary>
    /// What the writer of a view is shown: the numbers as of its commit. Null when they are of another day than now.
    /// </summary>
    public SiteView? After(SiteNumbers numbers, PageRecord page)
    {
        var buckets = calendar.Of(time.GetUtcNow());
        return
            Latest is { } snapshot
            && numbers.Day == buckets.Day
            && numbers.Week == buckets.Week
            && snapshot.Visitors.Day == buckets.Day
            ? new SiteView(snapshot with { Site = numbers, AsOf = time.GetUtcNow() }, [page], Stale: false)
            : null;
    }

    /// <summary>The last numbers of the site alone, for when those of a page are not known.</summary>
    public SiteView? LastOfSite() => cache.Last([]);

    /// <summary>Views keep a site among those that are read in the background.</summary>
    public void Touch() => Volatile.Write(ref _lastAsked, time.GetTimestamp());

    /// <summary>
    /// Waits until the site was read once, so that the store's time is known. False when the store is away.
    /// </summary>
    public async ValueTask<bool> OpenAsync()
    {
        Touch();
        if (clock.Known)
        {
            return true;
        }

        await Task.WhenAny(_rounds.Request([]), Task.Delay(options.AnswerWithin, time));
        return clock.Known;
    }

    /// <summary>Whether somebody asked for the site lately: it is read in the background then.</summary>
    public bool IsActive => Volatile.Read(ref _lastAsked) is not 0 and var at && time.GetElapsedTime(at) <= AskedLately;

    /// <summary>
    /// Called once a second: reads a site that was asked for lately, with its pages; and one whose store was away, until
    /// it is there again: nobody else may ask for so long.
    /// </summary>
    public void RefreshIfActive()
    {
        if (IsActive || availability.IsAway)
        {
            _ = _rounds.Request([], isRefresh: true);
        }
    }

    public async ValueTask CommittedAsync(LedgerCommitted commit)
    {
        clock.See(commit.Numbers.StoreTime, commit.Numbers.SentAt);
        var (numbers, now) = (commit.Numbers.Site, Now);
        if (numbers.Day == now.Day && numbers.Week == now.Week)
        {
            await refresh.TakeAsync(commit, now);
            return;
        }

        // A batch of the day before: its numbers are not today's, so the reply waits for a read that is.
        await _rounds.Request(commit.Pages.Select(page => page.Key).ToArray());
    }
}
