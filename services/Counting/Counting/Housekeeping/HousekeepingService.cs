using Microsoft.Extensions.Options;
using PortalServices.Counting.Model;
using PortalServices.Counting.Store;

namespace PortalServices.Counting.Housekeeping;

/// <summary>
/// Keeps house, site after site. Each has its turn once in the time that is set, on whichever replica comes first.
/// </summary>
internal sealed class HousekeepingService(
    SiteList sites,
    PerSite<SiteHousekeeping> housekeeping,
    IOptions<CountingOptions> options
) : IPeriodicWork
{
    private const int LooksPerTurn = 10;
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30);

    public string Name => "housekeeping of the ledgers";

    // A site that fails is none the wiser for being asked more often than the others have their turn.
    public Backoff Backoff => new(TimeSpan.FromSeconds(1), LongestPause);

    public async Task<TimeSpan> RunAsync(CancellationToken stopping)
    {
        await PeriodicWorkSetup.ForEachAsync(
            sites.All,
            site => RunAsync(housekeeping.Of(site.Id), site.Id, stopping),
            stopping
        );
        CountingTelemetry.IdsFill.Record(Fullest(each => each.Ids));
        CountingTelemetry.PagesFill.Record(Fullest(each => each.Pages));
        var every = options.Value.HousekeepingEvery / LooksPerTurn;
        return every < LongestPause ? every : LongestPause;
    }

    private double Fullest(Func<(double Ids, double Pages), double> of) =>
        sites.All.Select(site => of(housekeeping.Of(site.Id).Fill)).DefaultIfEmpty().Max();

    private static async Task RunAsync(SiteHousekeeping housekeeping, string site, CancellationToken stopping)
    {
        try
        {
            await housekeeping.NoteCalendarAsync();
            await housekeeping.MeasureAsync();
            await housekeeping.RunAsync(stopping);
        }
        catch (Exception e) when (StoreFailure.Is(e))
        {
            // What was left undone is done in the next turn; of a store that is away others tell.
        }
        catch (Exception e)
        {
            throw new InvalidOperationException($"The housekeeping of {site} failed.", e);
        }
    }
}
