using PortalServices.Counting.Ledger;
using PortalServices.Counting.Model;
using PortalServices.Counting.Store;

namespace PortalServices.Counting.RankPages;

/// <summary>
/// Which pages of one site are viewed most. Derived from the ledger and no part of it: the pages are gone through once
/// when somebody asks, and then kept up to date by this process' own commits. Only when commits came from elsewhere, of
/// another replica or an operator, are they gone through again, and never for more than a twentieth of the time. Nobody
/// asks for a while: all of it is let go.
/// </summary>
/// <remarks>
/// Commits take the gate, too, so nothing is searched or sorted in it: what goes through the pages works on a ranking
/// of its own, a thousand pages at a time, and takes over at every step what was committed meanwhile.
/// </remarks>
internal sealed class PageRanking(
    Site site,
    SiteCalendar calendar,
    ViewLedger ledger,
    ScanGate scans,
    TimeProvider time,
    CountingOptions options
) : ILedgerSubscriber
{
    /// <summary>Most pages in an answer.</summary>
    public const int MaxPages = 1_000;

    /// <summary>
    /// Most pages that wait to be taken over, or to be chosen from; when there are more, the ranking is made anew.
    /// </summary>
    public const int MaxWaiting = 50_000;

    /// <summary>How long a reader waits for a new ranking while there is an old one to show.</summary>
    public static readonly TimeSpan TimeoutWithOldRanking = TimeSpan.FromSeconds(1);

    private const int PagesPerPiece = 1_000;
    private const int ShareOfTime = 20;
    private static readonly TimeSpan AskedLately = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan ShortestPause = TimeSpan.FromMilliseconds(500);

    private readonly Lock _gate = new();
    private RankedPages? _pages;
    private Dictionary<string, PageRecord>? _committed;
    private Task? _reading;
    private bool _isChoosing;
    private long _examined;
    private string _runId = "";
    private LedgerVersion _latest;
    private Coverage _coverage;
    private long _lastAsked,
        _readAt;
    private TimeSpan _readFor;

    /// <summary>
    /// How many pages were gone through in one piece with the gate held, at the most: what a commit may have had to
    /// wait for.
    /// </summary>
    public int LongestPiece { get; private set; }

    /// <summary>How many pages were looked at to choose those that stay.</summary>
    public long Examined => Interlocked.Read(ref _examined);

    /// <summary>
    /// The most viewed pages, the most first, as far as this process knows: at most about two seconds behind.
    /// </summary>
    /// <exception cref="StoreUnavailableException">The store is away and nothing is known yet; as are other exceptions
    /// of the store.</exception>
    /// <exception cref="TimeoutException">Nothing is known within the time of an answer. The pages are still gone
    /// through, for whoever asks next.</exception>
    public async Task<IReadOnlyList<string>> TopAsync(RankPeriod period, int limit)
    {
        var asked = time.GetTimestamp();
        while (true)
        {
            Task? reading;
            RankedPages? known;
            lock (_gate)
            {
                _lastAsked = time.GetTimestamp();
                if (!IsComplete && (_coverage.ReadUpTo is null || IsPauseOver))
                {
                    // One that failed before it could be noted here let nobody know that it has ended.
                    if (_reading is null or { IsCompleted: true })
                    {
                        _reading = ReadAsync();
                    }
                }

                (reading, known) = (IsComplete ? null : _reading, _pages);
            }

            if (reading is not null)
            {
                var timeout = known is null ? options.AnswerWithin - time.GetElapsedTime(asked) : TimeoutWithOldRanking;
                try
                {
                    await reading.WaitAsync(timeout > TimeSpan.Zero ? timeout : TimeSpan.Zero, time);
                }
                catch (Exception e) when (StoreFailure.Is(e) && known is not null)
                {
                    // The last ranking is shown, with the last numbers.
                }
            }

            KeyValuePair<string, PageRecord>[] pages;
            lock (_gate)
            {
                if (_pages is null)
                {
                    // What was read is of a store that restarted meanwhile, or too much was committed to take over:
                    // once more.
                    continue;
                }

                pages = Copy(_pages);
            }

            // Sorted outside the gate.
            var now = calendar.Of(time.GetUtcNow());
            return [.. RankedPages.Top(pages, period, limit, now.Day, now.Week).Select(page => page.Path)];
        }
    }

    /// <summary>This process committed, and these are all the pages that the commit changed.</summary>
    public ValueTask CommittedAsync(LedgerCommitted commit)
    {
        Take(commit.Numbers);
        return ValueTask.CompletedTask;
    }

    private void Take(LedgerRead commit)
    {
        lock (_gate)
        {
            var version = commit.Site.Version;
            Saw(commit.RunId, version);
            _coverage = _coverage.WithOwn(version, commit.IsRepeated);
            if (_pages is not null && time.GetElapsedTime(_lastAsked) > AskedLately)
            {
                LetGo();
            }

            // Which pages matter is decided by the day it is, not by that of a late batch.
            var now = calendar.Of(time.GetUtcNow());
            foreach (var (path, record) in commit.Pages)
            {
                _pages?.Offer(path, record, now.Day, now.Week);
                _committed?[path] = record;
            }

            Note(commit.Pages.Length);
            if (_committed?.Count > MaxWaiting)
            {
                _committed = null;
            }

            if (_pages is { IsFull: true } full)
            {
                if (full.Count > MaxWaiting)
                {
                    LetGo();
                }
                else if (!_isChoosing)
                {
                    _isChoosing = true;
                    ThreadPool.UnsafeQueueUserWorkItem(
                        static work => work.Ranking.Choose(work.Pages),
                        (Ranking: this, Pages: full),
                        preferLocal: false
                    );
                }
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

    private bool IsComplete => _coverage.Covers(_latest);

    private void LetGo() => (_pages, _coverage) = (null, _coverage with { ReadUpTo = null });

    private bool IsPauseOver =>
        time.GetElapsedTime(_readAt)
        >= (_readFor * ShareOfTime > ShortestPause ? _readFor * ShareOfTime : ShortestPause);

    private void Saw(string runId, LedgerVersion version)
    {
        if (_runId != runId)
        {
            // After a restart of the store its word counts, also when it is an older one.
            (_runId, _pages, _committed, _latest, _coverage) = (runId, null, null, default, default);
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
            // Its turn is taken at once, and what it does in it holds nobody's gate.
            await scans.RunAsync(() => Task.Run(() => ledger.WithProcessAsync(site.Id, ReadAsync)));
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
        var pages = new RankedPages(MaxPages);
        var now = calendar.Of(time.GetUtcNow());
        // From here on commits are collected, too: what they tell is newer than what is gone through.
        var committed = new Dictionary<string, PageRecord>(StringComparer.Ordinal);
        lock (_gate)
        {
            _committed = committed;
        }

        var before = await ledger.ReadAsync(process, site.Id, now.Day, now.Week, []);
        var ofPiece = 0;
        await foreach (var field in ledger.ScanAsync(site.Id, CountingKeys.PageFields))
        {
            var record = ((ReadOnlyMemory<byte>)field.Value).Span;
            // Of most pages no more than their numbers is looked at.
            if (
                pages.MayRank(PageRecord.Shown(record, now.Day, now.Week), now.Day, now.Week)
                && CountingKeys.PathOf((string)field.Name!) is { } path
            )
            {
                pages.OfferMissing(path, PageRecord.Parse(record), now.Day, now.Week);
            }

            if (++ofPiece == PagesPerPiece)
            {
                ofPiece = 0;
                var next = new Dictionary<string, PageRecord>(StringComparer.Ordinal);
                lock (_gate)
                {
                    if (_committed != committed)
                    {
                        return false;
                    }

                    _committed = next;
                }

                TakeOver(committed);
                committed = next;
            }

            if (pages.IsFull)
            {
                var all = pages.All();
                pages.Keep(RankedPages.Choose(all, MaxPages, now.Day, now.Week));
                Interlocked.Add(ref _examined, all.Length);
            }
        }

        lock (_gate)
        {
            Saw(before.RunId, before.Site.Version);
            if (_committed != committed)
            {
                return false;
            }

            TakeOver(committed);
            Note(committed.Count);
            (_pages, _committed) = (pages, null);
            _coverage = _coverage with { ReadUpTo = before.Site.Version };
        }

        return true;

        void TakeOver(Dictionary<string, PageRecord> newer)
        {
            // A day that begins meanwhile is that of the views that came in it.
            now = calendar.Of(time.GetUtcNow());
            foreach (var (path, record) in newer)
            {
                pages.Offer(path, record, now.Day, now.Week);
            }
        }
    }

    /// <summary>Lets pages go that cannot be among the most viewed; commits go on meanwhile.</summary>
    private void Choose(RankedPages pages)
    {
        KeyValuePair<string, PageRecord>[] all;
        lock (_gate)
        {
            all = Copy(pages);
        }

        var now = calendar.Of(time.GetUtcNow());
        var choice = RankedPages.Choose(all, MaxPages, now.Day, now.Week);
        Interlocked.Add(ref _examined, all.Length);
        lock (_gate)
        {
            pages.Keep(choice);
            Note(all.Length);
            _isChoosing = false;
        }
    }

    private KeyValuePair<string, PageRecord>[] Copy(RankedPages pages)
    {
        Note(pages.Count);
        return pages.All();
    }

    private void Note(int pages) => LongestPiece = Math.Max(LongestPiece, pages);
}
