using PortalServices.Counting.Ledger;
using PortalServices.Counting.Model;
using PortalServices.Counting.Store;
using StackExchange.Redis;

namespace PortalServices.Counting.Housekeeping;

/// <summary>
/// Keeps one site's keys from growing for ever. It goes through the ledger while commits go on, and every step is one
/// command that is harmless to repeat, to do twice at a time, and to leave half done.
/// </summary>
internal sealed partial class SiteHousekeeping(
    Site site,
    SiteCalendar calendar,
    KeptTimeline timeline,
    ScanGate scans,
    StoreConnection store,
    ViewLedger ledger,
    VisitorStore visitors,
    CountingOptions options,
    TimeProvider time,
    ILogger<HousekeepingService> logger
)
{
    /// <summary>Fields that one command removes, and pages that one folds, at the most.</summary>
    public const int FieldsPerCommand = 500,
        PagesPerFold = 200;

    // A closed week is frozen this long after its end, so that its last batches are in.
    private const long SettledMinutes = 10;
    private const int MaxPerSweep = 100_000;
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(1);

    /// <summary>Every process does it when it starts, whoever's turn it is.</summary>
    public async Task NoteCalendarAsync() => await timeline.GetAsync();

    /// <summary>What its ledger holds against its caps: as it was looked at last, by this process.</summary>
    public (double Ids, double Pages) Fill { get; private set; }

    /// <summary>Looks how full the ledger is, whoever's turn it is.</summary>
    public async Task MeasureAsync()
    {
        var process = await ledger.ProcessOfAsync(site.Id);
        var head = await ledger.ReadFieldsAsync(process, site.Id, CountingKeys.SweepHead);
        var overBefore = (time.GetUtcNow() - options.ViewIdGeneration).ToUnixTimeMilliseconds();
        Fill = (
            (double)LedgerSweep.IdsOf((string?)head[1] ?? "", overBefore) / options.ViewIdsPerGeneration,
            (double)ViewLedger.Number(head[0]) / options.PagesPerSite
        );
    }

    /// <summary>One turn. True when it was this process' turn.</summary>
    /// <exception cref="OperationCanceledException">The process ends: what is left is left to the next turn. A step
    /// that was begun is finished.</exception>
    public async Task<bool> RunAsync(CancellationToken stopping)
    {
        var process = await ledger.ProcessOfAsync(site.Id);
        if (!await TakeTurnAsync())
        {
            return false;
        }

        try
        {
            await CloseWeeksAsync(process);
            while (await SweepAsync(process, stopping))
            {
                // The rest.
            }
        }
        catch (Exception e) when (ViewLedger.IsUnreadable(e))
        {
            if (!await ledger.LookForDamageAsync(process, site.Id, stopping))
            {
                throw;
            }
        }

        return true;
    }

    /// <summary>
    /// Whoever comes first after the last turn is over has the next one; a process that dies in it loses the others no
    /// more than that.
    /// </summary>
    private async Task<bool> TakeTurnAsync()
    {
        using var write = await store.Writes.BeginAsync();
        return await store.Database.StringSetAsync(
            CountingKeys.Housekeeping(site.Id),
            Environment.MachineName,
            options.HousekeepingEvery,
            When.NotExists,
            CommandFlags.DemandMaster
        );
    }

    /// <summary>
    /// Turns the visitors of the weeks that are over into numbers. Harmless to repeat, and on several replicas at once.
    /// </summary>
    private async Task CloseWeeksAsync(StoreProcess process)
    {
        var now = calendar.Of(time.GetUtcNow());
        var read = await ledger.ReadAsync(process, site.Id, now.Day, now.Week, []);
        if (now.Minute - now.Week < SettledMinutes)
        {
            return;
        }
        foreach (var week in read.Site.OpenWeeks.Where(week => week < now.Week))
        {
            // The last step takes the week off the list of open ones: whoever is killed before it leaves all to the
            // next turn.
            await visitors.DestroyKeyAsync(site.Id, week);
            await visitors.ExpireWeekAsync(site.Id, week);
            await ledger.FreezeWeekAsync(process, site.Id, week, await visitors.CountWeekAsync(site.Id, week));
        }
        // Nobody can tell any more which member was whose.
        await visitors.DestroyKeyAsync(site.Id, calendar.Of(now.Week - 1).Week);
    }

    /// <summary>One pass. True when there is more than one takes.</summary>
    private async Task<bool> SweepAsync(StoreProcess process, CancellationToken stopping)
    {
        var minute = SiteCalendar.MinuteOf(time.GetUtcNow());
        var head = await ledger.ReadFieldsAsync(process, site.Id, CountingKeys.SweepHead);
        var (pages, generations, storeTime) = (
            ViewLedger.Number(head[0]),
            (string?)head[1] ?? "",
            ViewLedger.Number(head[2])
        );
        var sweep = LedgerSweep.At(calendar, minute, storeTime, generations);
        var silentSince = calendar.DayOf(calendar.DateOf(minute).AddDays(-PageFold.SilentDays));
        // As long as there is room, small pages keep their numbers; in a store that is filling up there is none.
        var folds = pages >= process.Fill.MaxPages(options.PagesPerSite) * CountingOptions.FoldFrom;

        List<RedisValue> over = [];
        List<string> small = [],
            empty = [];
        // Nothing is removed before the scan has ended: on Garnet that would hide fields from it.
        await foreach (var field in ledger.ScanAsync(site.Id, "*").WithCancellation(stopping))
        {
            if (await ledger.IsDamagedAsync(process, site.Id, field))
            {
                return false;
            }

            var (name, value) = ((string)field.Name!, (string)field.Value!);
            if (sweep.IsOver(name, value))
            {
                over.Add(field.Name);
            }
            else if (CountingKeys.PathOf(name) is { } path)
            {
                if (value.Length == 0)
                {
                    empty.Add(path);
                }
                else if (folds && PageFold.IsCandidate(value, silentSince))
                {
                    small.Add(path);
                }
            }

            if (over.Count + small.Count + empty.Count >= MaxPerSweep)
            {
                break;
            }
        }

        var wasFull = over.Count + small.Count + empty.Count >= MaxPerSweep;
        var (removed, folded) = (0L, 0L);
        foreach (var fields in over.Chunk(FieldsPerCommand))
        {
            removed += await RemoveAsync(() => ledger.RemoveAsync(process, site.Id, fields), stopping);
        }

        foreach (var paths in small.Chunk(PagesPerFold))
        {
            folded += await StepAsync(
                () => ledger.FoldPagesAsync(process, site.Id, silentSince, PageFold.MaxViews, paths),
                stopping
            );
        }

        foreach (var paths in empty.Concat(small).Chunk(FieldsPerCommand))
        {
            await RemoveAsync(() => ledger.DropFoldedAsync(process, site.Id, paths), stopping);
        }

        CountingTelemetry.RemovedFields.Add(removed);
        CountingTelemetry.FoldedPages.Add(folded);
        if (folded > 0)
        {
            LogFolded(site.Id, folded, PageFold.MaxViews, PageFold.SilentDays);
        }

        // What was found and not removed was removed by somebody else: then there is no end to wait for.
        return wasFull && removed + folded > 0;
    }

    /// <summary>
    /// A step between two readings of the pages, and never during one: a reader waits for one step at the most, and not
    /// for the sweep.
    /// </summary>
    private async Task<long> RemoveAsync(Func<Task<long>> remove, CancellationToken stopping)
    {
        var removed = 0L;
        await scans.RunAsync(async () => removed = await StepAsync(remove, stopping));
        return removed;
    }

    /// <summary>
    /// A step takes the store no longer than a batch of views, and then it is left alone for as long: views have at
    /// least every other turn.
    /// </summary>
    private async Task<long> StepAsync(Func<Task<long>> step, CancellationToken stopping)
    {
        stopping.ThrowIfCancellationRequested();
        var began = time.GetTimestamp();
        var count = await step();
        var took = time.GetElapsedTime(began);
        if (took > TimeSpan.Zero)
        {
            await Task.Delay(took < LongestPause ? took : LongestPause, time, stopping);
        }

        return count;
    }

    [LoggerMessage(
        Level = LogLevel.Information,
        Message = "{Pages} pages of {Site} with at most {Views} views and none for {Days} days were folded into \"other\"."
    )]
    private partial void LogFolded(string site, long pages, int views, int days);
}
