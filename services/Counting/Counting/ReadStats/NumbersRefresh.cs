using PortalServices.Counting.Ledger;
using PortalServices.Counting.Model;
using PortalServices.Counting.Store;
using StackExchange.Redis;

namespace PortalServices.Counting.ReadStats;

/// <summary>Brings the numbers of one site that this process holds up to date: by a read, or by a commit.</summary>
internal sealed class NumbersRefresh(
    Site site,
    SiteCalendar calendar,
    KeptTimeline timeline,
    StoreConnection store,
    ViewLedger ledger,
    VisitorCounter visitors,
    StoreClock clock,
    NumbersCache cache,
    LedgerSeen seen,
    TimeProvider time
)
{
    private readonly RecountPace _recounts = new(time);
    private readonly RecountPace _recountsOfReads = new(time);

    /// <summary>Reads the site and some pages.</summary>
    /// <param name="askedFor">The pages that somebody waits for.</param>
    /// <param name="isRefresh">Also those that somebody asked for lately.</param>
    public Task ReadAsync(IReadOnlySet<string> askedFor, bool isRefresh)
    {
        // What is held is read behind what somebody waits for, and takes none of its room.
        var held = isRefresh ? cache.AskedWithin(SiteReader.AskedLately, time.GetTimestamp()) : [];
        return ReadAsync([.. askedFor, .. held.Where(path => !askedFor.Contains(path))], askedFor, isSecondTry: false);
    }

    /// <summary>Takes the numbers of a commit of today.</summary>
    public async Task TakeAsync(LedgerCommitted commit, TimeBuckets now)
    {
        var counts = cache.Latest?.Visitors;
        if (_recounts.IsDue(counts, commit.HasNewVisitors, now.Minute))
        {
            try
            {
                var process = await store.ProcessOfAsync(CountingKeys.Ledger(site.Id));
                counts = await visitors.CountAsync(process, commit.Numbers.Site, now, cache.VisitorsOf(process));
            }
            catch (Exception e) when (StoreFailure.Is(e))
            {
                // The view is stored; the visitors shown are those counted before.
            }
        }

        cache.Take(commit.Numbers, counts, time.GetTimestamp(), askedFor: null);
    }

    private async Task ReadAsync(string[] paths, IReadOnlySet<string> askedFor, bool isSecondTry)
    {
        var process = await store.ProcessOfAsync(CountingKeys.Ledger(site.Id));
        try
        {
            // Before the first commit of this process, which needs a read: what it counts is found under its own
            // calendar.
            await timeline.GetAsync();
            await ClaimSecretAsync(process);
            var startedAt = time.GetTimestamp();
            var buckets = calendar.Of(time.GetUtcNow());
            var read = await ledger.ReadAsync(
                process,
                site.Id,
                buckets.Day,
                buckets.Week,
                paths[..Math.Min(paths.Length, ViewLedger.MaxPathsPerRead)]
            );
            clock.See(read.StoreTime, read.SentAt);
            seen(read);
            // Beside other replicas many reads may follow each other.
            var held = cache.VisitorsOf(process);
            var counts =
                held?.Day == buckets.Day && !_recountsOfReads.IsDue(held, newVisitors: true, buckets.Minute)
                    ? held
                    : await visitors.CountAsync(process, read.Site, buckets, held);
            cache.Take(read, counts, startedAt, askedFor);
            for (var from = ViewLedger.MaxPathsPerRead; from < paths.Length; from += ViewLedger.MaxPathsPerRead)
            {
                var more = paths[from..Math.Min(paths.Length, from + ViewLedger.MaxPathsPerRead)];
                startedAt = time.GetTimestamp();
                cache.Take(
                    await ledger.ReadAsync(process, site.Id, buckets.Day, buckets.Week, more),
                    counts,
                    startedAt,
                    askedFor
                );
            }
        }
        catch (RedisServerException e) when (StoreConnection.IsUnknownScript(e))
        {
            store.Forget(process);
            if (isSecondTry)
            {
                throw;
            }

            await ReadAsync(paths, askedFor, isSecondTry: true);
        }
    }

    /// <summary>
    /// Before anything of the ledger is shown. A store that takes no writes is read all the same; a commit looks at the
    /// secret again.
    /// </summary>
    private async Task ClaimSecretAsync(StoreProcess process)
    {
        try
        {
            await ledger.ClaimSecretAsync(process, site.Id);
        }
        catch (Exception e)
            when (StoreFailure.Is(e)
                && e is not UnsafeStoreException
                && !(e is RedisServerException unknown && StoreConnection.IsUnknownScript(unknown))
            )
        {
            // It is claimed with a later read.
        }
    }
}

/// <summary>Hears of every read of the site's ledger.</summary>
internal delegate void LedgerSeen(LedgerRead read);
