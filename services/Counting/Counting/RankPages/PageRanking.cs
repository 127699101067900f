using PortalServices.Counting.SiteTime;
using PortalServices.Counting.Storage;

namespace PortalServices.Counting.RankPages;

/// <summary>
/// Which pages of one site are viewed most. Derived from the ledger and no part of it: the pages are gone through once when somebody asks, and then
/// kept up to date by this process' own commits. Only when commits came from elsewhere, of another replica or an operator, are they gone
/// through again, and never for more than a twentieth of the time. Nobody asks for a while: all of it is let go.
/// </summary>
internal sealed class PageRanking(string site, SiteCalendar calendar, StoreConnection store, ViewLedger ledger, TimeProvider time)
{
    /// <summary>Most pages in an answer.</summary>
    public const int MostPages = 1_000;

    private const int ShareOfTime = 20;
    private static readonly TimeSpan AskedLately = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan ShortestPause = TimeSpan.FromMilliseconds(500);

    private readonly Lock _gate = new();
    private RankedPages? _pages, _next;
    private Task? _reading;
    private Task _lastScan = Task.CompletedTask;
    private string _runId = "";
    private LedgerVersion _latest, _chainStart, _chainEnd;
    private LedgerVersion? _read;
    private long _lastAsked, _readAt;
    private TimeSpan _readFor;

    /// <summary>The most viewed pages, the most first, as far as this process knows: at most about two seconds behind.</summary>
    /// <exception cref="StoreUnavailableException">The store is away and nothing is known yet; as are other exceptions of the store.</exception>
    public async Task<IReadOnlyList<string>> TopAsync(RankPeriod period, int limit)
    {
        Task? reading;
        lock (_gate)
        {
            _lastAsked = time.GetTimestamp();
            if (!IsComplete && (_read is null || IsPauseOver))
            {
                _reading ??= Task.Run(ReadAsync);
            }

            reading = _read is null || !IsComplete ? _reading : null;
        }

        if (reading is not null)
        {
            try
            {
                await reading;
            }
            catch (Exception e) when (StoreFailure.Is(e) && _read is not null)
            {
                // The last ranking is shown, with the last numbers.
            }
        }

        // Sorted outside the gate, at which commits wait.
        KeyValuePair<string, PageRecord>[] pages;
        lock (_gate)
        {
            pages = _pages?.All() ?? [];
        }

        var now = calendar.Of(time.GetUtcNow());
        return RankedPages.Top(pages, period, limit, now.Day, now.Week);
    }

    /// <summary>This process committed, and these are all the pages that the commit changed.</summary>
    public void Committed(LedgerRead commit)
    {
        lock (_gate)
        {
            var version = commit.Site.Version;
            Saw(commit.RunId, version);
            // An unbroken chain of own commits: nothing else has changed in between.
            if (version != _chainEnd with { Commit = _chainEnd.Commit + 1 })
            {
                _chainStart = version;
            }

            _chainEnd = version;
            if (_pages is not null && time.GetElapsedTime(_lastAsked) > AskedLately)
            {
                (_pages, _read) = (null, null);
            }

            // Which pages matter is decided by the day it is, not by that of a late batch.
            var now = calendar.Of(time.GetUtcNow());
            foreach (var (path, record) in commit.Pages)
            {
                _pages?.Offer(path, record, now.Day, now.Week);
                _next?.Offer(path, record, now.Day, now.Week);
            }
        }
    }

    /// <summary>The ledger was read and is at this version.</summary>
    public void Seen(LedgerRead read)
    {
        lock (_gate)
        {
            Saw(read.RunId, read.Site.Version);
        }
    }

    /// <summary>
    /// Runs something that removes fields, while the pages are not being gone through: on Garnet a scan's place is a count of fields, and each that is
    /// removed before it hides one behind it. There this process is the only one.
    /// </summary>
    public async Task WhileNotReadingAsync(Func<Task> work)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Task before;
        lock (_gate)
        {
            (before, _lastScan) = (_lastScan, done.Task);
        }

        await before;
        try
        {
            await work();
        }
        finally
        {
            done.SetResult();
        }
    }

    private bool IsComplete => _read is { } read && _latest.CompareTo(Known(read)) <= 0;

    private bool IsPauseOver => time.GetElapsedTime(_readAt) >= (_readFor * ShareOfTime > ShortestPause ? _readFor * ShareOfTime : ShortestPause);

    /// <summary>Up to which version all is known: what was gone through, and own commits that join on to it.</summary>
    private LedgerVersion Known(LedgerVersion read)
    {
        var joins = _chainStart.Epoch == read.Epoch && _chainStart.Commit <= read.Commit + 1;
        return joins && _chainEnd.CompareTo(read) > 0 ? _chainEnd : read;
    }

    private void Saw(string runId, LedgerVersion version)
    {
        if (_runId != runId)
        {
            // After a restart of the store its word counts, also when it is an older one.
            (_runId, _pages, _next, _read, _latest, _chainStart, _chainEnd) = (runId, null, null, null, default, default, default);
        }

        if (version.CompareTo(_latest) > 0)
        {
            _latest = version;
        }
    }

    private async Task ReadAsync()
    {
        var started = time.GetTimestamp();
        try
        {
            await WhileNotReadingAsync(() => store.WithProcessAsync(CountingKeys.Ledger(site), ReadAsync));
        }
        finally
        {
            lock (_gate)
            {
                (_reading, _readAt, _readFor) = (null, time.GetTimestamp(), time.GetElapsedTime(started));
            }
        }
    }

    private async Task<bool> ReadAsync(StoreProcess process)
    {
        var pages = new RankedPages(MostPages);
        var now = calendar.Of(time.GetUtcNow());
        lock (_gate)
        {
            // From here on commits go into the new ranking, too: what they tell is newer than what is gone through.
            _next = pages;
        }

        var before = await ledger.ReadAsync(process, site, now.Day, now.Week, []);
        await foreach (var field in ledger.ScanAsync(site, CountingKeys.PageFields))
        {
            if (CountingKeys.PathOf((string)field.Name!) is { } path && (string)field.Value! is { Length: > 0 } record)
            {
                lock (_gate)
                {
                    pages.OfferMissing(path, PageRecord.Parse(record), now.Day, now.Week);
                }
            }
        }

        lock (_gate)
        {
            Saw(before.RunId, before.Site.Version);
            if (_next == pages)
            {
                (_pages, _next, _read) = (pages, null, before.Site.Version);
            }
        }

        return true;
    }
}
