using Microsoft.Extensions.Logging;
using PortalServices.Counting.ReadStats;
using PortalServices.Counting.SiteTime;
using PortalServices.Counting.Storage;
using StackExchange.Redis;

namespace PortalServices.Counting.Housekeeping;

/// <summary>
/// Keeps one site's keys from growing for ever. It goes through the ledger while commits go on, and every step is one command that is harmless to
/// repeat, to do twice at a time, and to leave half done.
/// </summary>
internal sealed partial class SiteHousekeeping(
    CountedSite site, StoreConnection store, ViewLedger ledger, VisitorStore visitors, CountingOptions options, TimeProvider time, ILogger logger)
{
    private const int FieldsPerCommand = 500, PagesPerFold = 200, MostPerSweep = 100_000;

    private string Id => site.Site.Id;

    /// <summary>Every process does it when it starts, whoever's turn it is.</summary>
    public async Task NoteCalendarAsync() => await site.Timeline.GetAsync();

    /// <summary>One turn. True when it was this process' turn.</summary>
    public async Task<bool> RunAsync()
    {
        var process = await store.ProcessOfAsync(CountingKeys.Ledger(Id));
        if (!await TakeTurnAsync())
        {
            return false;
        }

        await CloseWeeksAsync(process);
        await site.Ranking.WhileNotReadingAsync(async () =>
        {
            while (await SweepAsync(process))
            {
                // The rest.
            }
        });
        return true;
    }

    /// <summary>Whoever comes first after the last turn is over has the next one; a process that dies in it loses the others no more than that.</summary>
    private async Task<bool> TakeTurnAsync()
    {
        using var write = await store.Writes.BeginAsync();
        return await store.Database.StringSetAsync(
            CountingKeys.Housekeeping(Id), Environment.MachineName, options.HousekeepingEvery, When.NotExists, CommandFlags.DemandMaster);
    }

    private async Task CloseWeeksAsync(StoreProcess process)
    {
        var now = site.Calendar.Of(time.GetUtcNow());
        var read = await ledger.ReadAsync(process, Id, now.Day, now.Week, []);
        await site.Visitors.FreezeClosedWeeksAsync(process, read.Site, now.Week);
        if (now.Minute - now.Week >= VisitorCounter.SettledMinutes)
        {
            // Nobody can tell any more which member was whose.
            await visitors.DestroyKeyAsync(Id, site.Calendar.Of(now.Week - 1).Week);
        }
    }

    /// <summary>One pass. True when there is more than one takes.</summary>
    private async Task<bool> SweepAsync(StoreProcess process)
    {
        var minute = SiteCalendar.MinuteOf(time.GetUtcNow());
        var head = await ledger.ReadFieldsAsync(process, Id, CountingKeys.SweepHead);
        var (pages, generations, storeTime) = (Number(head[0]), (string?)head[1] ?? "", Number(head[2]));
        var sweep = LedgerSweep.At(site.Calendar, minute, storeTime, generations);
        var silentSince = site.Calendar.DayOf(site.Calendar.DateOf(minute).AddDays(-PageFold.SilentDays));
        // As long as there is room, small pages keep their numbers; in a store that is filling up there is none.
        var folds = pages >= process.Fill.MostPages(options.PagesPerSite) * CountingOptions.FoldFrom;

        List<RedisValue> over = [];
        List<string> small = [], empty = [];
        // Nothing is removed before the scan has ended: on Garnet that would hide fields from it.
        await foreach (var field in ledger.ScanAsync(Id, "*"))
        {
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

            if (over.Count + small.Count + empty.Count >= MostPerSweep)
            {
                break;
            }
        }

        var wasFull = over.Count + small.Count + empty.Count >= MostPerSweep;
        var (removed, folded) = (0L, 0L);
        foreach (var fields in over.Chunk(FieldsPerCommand))
        {
            removed += await ledger.RemoveAsync(process, Id, fields);
        }

        foreach (var paths in small.Chunk(PagesPerFold))
        {
            folded += await ledger.FoldPagesAsync(process, Id, silentSince, PageFold.MostViews, paths);
        }

        foreach (var paths in empty.Concat(small).Chunk(FieldsPerCommand))
        {
            await ledger.DropFoldedAsync(process, Id, paths);
        }

        CountingTelemetry.RemovedFields.Add(removed);
        CountingTelemetry.FoldedPages.Add(folded);
        if (folded > 0)
        {
            LogFolded(Id, folded, PageFold.MostViews, PageFold.SilentDays);
        }

        // What was found and not removed was removed by somebody else: then there is no end to wait for.
        return wasFull && removed + folded > 0;
    }

    private static long Number(RedisValue value) => value.IsNullOrEmpty ? 0 : (long)value;

    [LoggerMessage(Level = LogLevel.Information, Message = "{Pages} pages of {Site} with at most {Views} views and none for {Days} days were folded into \"other\".")]
    private partial void LogFolded(string site, long pages, int views, int days);
}
