using PortalServices.Counting.Ledger;
using PortalServices.Counting.Model;
using PortalServices.Counting.RankPages;
using PortalServices.Counting.Store;
using PortalServices.ServiceDefaults;
using StackExchange.Redis;

namespace PortalServices.Counting.ReadStats;

/// <summary>
/// The numbers of one site, held in this process. Commits refresh them; one read a second brings what other replicas
/// counted, for the site and the pages asked for lately; a page that is not held costs one read, shared by all who ask
/// at the time. Nothing asks the store per request.
/// </summary>
internal sealed class SiteReader(
    Site site,
    SiteCalendar calendar,
    KeptTimeline timeline,
    StoreConnection store,
    ViewLedger ledger,
    VisitorCounter visitors,
    PageRanking ranking,
    StoreClock clock,
    TimeProvider time,
    CountingOptions options
)
{
    /// <summary>A site or page that nobody asked for in this time is not read in the background.</summary>
    public static readonly TimeSpan AskedLately = TimeSpan.FromMinutes(1);

    /// <summary>How long a reader waits for new numbers while there are old ones to show.</summary>
    public static readonly TimeSpan PatienceWithOldNumbers = TimeSpan.FromSeconds(1);

    private const int MaxReads = 5;

    private readonly Lock _gate = new();
    private readonly RecountPace _recounts = new(time);
    private readonly RecountPace _recountsOfReads = new(time);
    private readonly HeldNumbers _held = new(calendar, options.HeldPages, time);
    private HashSet<string> _wanted = new(StringComparer.Ordinal);
    private TaskCompletionSource<bool>? _nextRound;
    private bool _reading;
    private bool _refresh;
    private volatile bool _away;
    private long _lastAsked;

    /// <summary>The latest snapshot; null until the store was read once.</summary>
    public SiteSnapshot? Latest => _held.Latest;

    /// <summary>The buckets of now.</summary>
    public TimeBuckets Now => calendar.Of(time.GetUtcNow());

    /// <summary>The latest numbers of the site and of some pages, or null when there are none at all.</summary>
    public async ValueTask<SiteView?> ReadAsync(IReadOnlyList<string> paths)
    {
        var now = time.GetTimestamp();
        Volatile.Write(ref _lastAsked, now);
        if (_held.Fresh(paths, now) is { } held)
        {
            return held;
        }

        var round = Request(paths);
        if (!_away)
        {
            var patience = Task.Delay(Latest is null ? options.AnswerWithin : PatienceWithOldNumbers);
            for (var reads = 0; reads < MaxReads; reads++, round = Request(paths))
            {
                await Task.WhenAny(round, patience);
                if (!round.IsCompletedSuccessfully || !await round)
                {
                    break;
                }

                // A commit of this process may have changed one of several pages since they were read.
                if (_held.JustRead(paths, time.GetTimestamp()) is { } read)
                {
                    return read;
                }
            }
        }
        else if (Latest is null)
        {
            await Task.WhenAny(round, Task.Delay(options.AnswerWithin));
            return round.IsCompletedSuccessfully && await round ? _held.JustRead(paths, time.GetTimestamp()) : null;
        }

        return _held.Last(paths);
    }

    /// <summary>
    /// As <see cref="ReadAsync"/>, but with all that was counted before now: for the reply of a view that was not
    /// committed.
    /// </summary>
    public async ValueTask<SiteView?> ReadNowAsync(IReadOnlyList<string> paths)
    {
        if (!_away)
        {
            await Task.WhenAny(Request(paths), Task.Delay(PatienceWithOldNumbers));
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

    /// <summary>Views keep a site among those that are read in the background.</summary>
    public void Touch() => Volatile.Write(ref _lastAsked, time.GetTimestamp());

    /// <summary>
    /// Waits until the site was read once, so that the store's time is known. False when the store is away.
    /// </summary>
    public async ValueTask<bool> OpenAsync()
    {
        Volatile.Write(ref _lastAsked, time.GetTimestamp());
        if (clock.Known)
        {
            return true;
        }

        await Task.WhenAny(Request([]), Task.Delay(options.AnswerWithin));
        return clock.Known;
    }

    /// <summary>Called once a second: reads a site that was asked for lately, with its pages.</summary>
    public void RefreshIfActive()
    {
        var now = time.GetTimestamp();
        var active = Volatile.Read(ref _lastAsked);
        if (active == 0 || time.GetElapsedTime(active, now) > AskedLately)
        {
            return;
        }

        lock (_gate)
        {
            _refresh = true;
        }

        _ = Request([]);
    }

    /// <summary>A commit was acknowledged, and this is what its reply says.</summary>
    public async Task TakeAsync(LedgerRead read, bool newVisitors)
    {
        clock.See(read.StoreTime, read.SentAt);
        ranking.Committed(read);
        var buckets = calendar.Of(time.GetUtcNow());
        if (read.Site.Day != buckets.Day || read.Site.Week != buckets.Week)
        {
            // A batch of the day before: its numbers are not today's, so the reply waits for a read that is.
            await Request(read.Pages.Select(page => page.Key).ToArray());
            return;
        }

        var counts = Latest?.Visitors;
        if (newVisitors)
        {
            visitors.Added();
        }

        if (_recounts.IsDue(counts, newVisitors, buckets.Minute))
        {
            try
            {
                var process = await store.ProcessOfAsync(CountingKeys.Ledger(site.Id));
                counts = await visitors.CountAsync(process, read.Site, buckets, _held.VisitorsOf(process));
            }
            catch (Exception e) when (StoreFailure.Is(e))
            {
                // The view is stored; the visitors shown are those counted before.
            }
        }

        _held.Take(read, counts, time.GetTimestamp(), askedFor: null);
    }

    /// <summary>The last numbers of the site alone, for when those of a page are not known.</summary>
    public SiteView? LastOfSite() => _held.Last([]);

    /// <summary>The last command failed, and none has succeeded since.</summary>
    public bool IsStoreAway => _away;

    /// <summary>A command failed: until the next success, readers are answered at once with what is held.</summary>
    public void StoreFailed() => _away = true;

    private Task<bool> Request(IReadOnlyList<string> paths)
    {
        lock (_gate)
        {
            _nextRound ??= new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
            foreach (var path in paths)
            {
                if (_wanted.Count < options.HeldPages)
                {
                    _wanted.Add(path);
                }
            }

            var round = _nextRound.Task;
            if (!_reading)
            {
                _reading = true;
                ThreadPool.UnsafeQueueUserWorkItem(static reader => _ = reader.RunAsync(), this, preferLocal: false);
            }

            return round;
        }
    }

    private async Task RunAsync()
    {
        while (true)
        {
            TaskCompletionSource<bool> round;
            HashSet<string> askedFor;
            string[] paths;
            lock (_gate)
            {
                if (_nextRound is null)
                {
                    _reading = false;
                    return;
                }

                (round, _nextRound) = (_nextRound, null);
                // What is held is read behind what somebody waits for, and takes none of its room.
                (askedFor, _wanted) = (_wanted, new(StringComparer.Ordinal));
                var held = _refresh ? _held.AskedWithin(AskedLately, time.GetTimestamp()) : [];
                paths = [.. askedFor, .. held.Where(path => !askedFor.Contains(path))];
                _refresh = false;
            }

            try
            {
                await ReadOnceAsync(paths, askedFor);
                _away = false;
                round.TrySetResult(true);
            }
            catch (Exception e) when (StoreFailure.Is(e))
            {
                _away = true;
                round.TrySetResult(false);
            }
#pragma warning disable CA1031 // Whoever waits for the round gets the fault; the reader goes on.
            catch (Exception e)
#pragma warning restore CA1031
            {
                round.TrySetException(e);
            }
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

    private async Task ReadOnceAsync(string[] paths, HashSet<string> askedFor, bool isSecondTry = false)
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
            ranking.Seen(read);
            // Beside other replicas many reads may follow each other.
            var held = _held.VisitorsOf(process);
            var counts =
                held?.Day == buckets.Day && !_recountsOfReads.IsDue(held, newVisitors: true, buckets.Minute)
                    ? held
                    : await visitors.CountAsync(process, read.Site, buckets, held);
            _held.Take(read, counts, startedAt, askedFor);
            for (var from = ViewLedger.MaxPathsPerRead; from < paths.Length; from += ViewLedger.MaxPathsPerRead)
            {
                var more = paths[from..Math.Min(paths.Length, from + ViewLedger.MaxPathsPerRead)];
                startedAt = time.GetTimestamp();
                _held.Take(
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

            await ReadOnceAsync(paths, askedFor, isSecondTry: true);
        }
    }
}
