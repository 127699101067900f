using System.Text;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using PortalServices.Counting.Housekeeping;
using PortalServices.Counting.Ledger;
using PortalServices.Counting.Model;
using PortalServices.Counting.RankPages;
using PortalServices.Counting.ReadStats;
using PortalServices.Counting.ReadTraffic;
using PortalServices.Counting.RecordView;
using PortalServices.Counting.Store;

namespace PortalServices.Counting;

/// <summary>What this process holds of each site, and who hears of its commits.</summary>
internal static class SiteSetup
{
    public static void AddSiteParts(this IServiceCollection services)
    {
        services.AddPerSite(static (_, site) => new SiteCalendar(site));
        services.AddPerSite(static (_, _) => new ScanGate());
        services.AddPerSite(static (_, _) => new StoreAvailability());
        services.AddPerSite(static (all, _) => new StoreClock(all.Get<TimeProvider>()));
        services.AddPerSite(
            static (all, site) =>
                new KeptTimeline(
                    site,
                    all.Of<SiteCalendar>(site),
                    all.Get<StoreConnection>(),
                    all.Get<ViewLedger>(),
                    all.Get<FatalStop>(),
                    all.Get<TimeProvider>()
                )
        );
        services.AddReaders();
        services.AddIntake();
        services.AddPerSite(
            static (all, site) =>
                new SiteHousekeeping(
                    site.Id,
                    all.Of<SiteCalendar>(site),
                    all.Of<KeptTimeline>(site),
                    all.Of<ScanGate>(site),
                    all.Get<StoreConnection>(),
                    all.Get<ViewLedger>(),
                    all.Get<VisitorStore>(),
                    all.Options(),
                    all.Get<TimeProvider>(),
                    all.Get<ILogger<HousekeepingService>>()
                )
        );
    }

    private static void AddReaders(this IServiceCollection services)
    {
        services.AddPerSite(
            static (all, site) => new VisitorCounter(site, all.Get<VisitorStore>(), all.Get<TimeProvider>())
        );
        services.AddPerSite(
            static (all, site) =>
                new NumbersCache(all.Of<SiteCalendar>(site), all.Options().HeldPages, all.Get<TimeProvider>())
        );
        services.AddPerSite(
            static (all, site) =>
                new PageRanking(
                    site.Id,
                    all.Of<SiteCalendar>(site),
                    all.Get<StoreConnection>(),
                    all.Get<ViewLedger>(),
                    all.Of<ScanGate>(site),
                    all.Get<TimeProvider>(),
                    all.Options()
                )
        );
        services.AddPerSite(
            static (all, site) =>
                new TrafficReader(site.Id, all.Get<StoreConnection>(), all.Get<ViewLedger>(), all.Get<TimeProvider>())
        );
        services.AddPerSite(
            static (all, site) =>
                new NumbersRefresh(
                    site,
                    all.Of<SiteCalendar>(site),
                    all.Of<KeptTimeline>(site),
                    all.Get<StoreConnection>(),
                    all.Get<ViewLedger>(),
                    all.Of<VisitorCounter>(site),
                    all.Of<StoreClock>(site),
                    all.Of<NumbersCache>(site),
                    all.Of<PageRanking>(site).Seen,
                    all.Get<TimeProvider>()
                )
        );
        services.AddPerSite(
            static (all, site) =>
                new SiteReader(
                    all.Of<SiteCalendar>(site),
                    all.Of<StoreClock>(site),
                    all.Of<StoreAvailability>(site),
                    all.Of<NumbersCache>(site),
                    all.Of<NumbersRefresh>(site),
                    all.Options(),
                    all.Get<TimeProvider>()
                )
        );
    }

    private static void AddIntake(this IServiceCollection services)
    {
        services.AddPerSite(
            static (all, site) =>
                new VisitorKeys(site, all.Get<StoreConnection>(), all.Get<VisitorStore>(), all.Options())
        );
        services.AddPerSite(
            static (all, site) =>
                new ViewCommitter(
                    site.Id,
                    all.Get<StoreConnection>(),
                    all.Get<ViewLedger>(),
                    all.Get<AcknowledgedStates>(),
                    all.Get<StoreMemoryMonitor>(),
                    all.Of<SiteReader>(site),
                    all.Of<StoreAvailability>(site),
                    all.SubscribersOf(site),
                    all.Get<WaitingViews>(),
                    new RememberedVisitors(all.Options().RememberedVisitors),
                    new ExpiredIds(site.Id, all.Get<StoreConnection>(), all.Get<ViewLedger>(), all.Of<ScanGate>(site)),
                    all.Get<TimeProvider>(),
                    all.Get<ILogger<ViewCommitter>>()
                )
        );
        services.AddPerSite(
            static (all, site) =>
                new ViewIntake(
                    site,
                    all.Of<SiteCalendar>(site),
                    all.Of<StoreClock>(site),
                    all.Of<SiteReader>(site),
                    all.Of<VisitorKeys>(site),
                    new ViewIdFingerprint(Encoding.UTF8.GetBytes(all.Options().VisitorSecret), site.Id),
                    all.Of<ViewCommitter>(site),
                    all.Get<SuspensionDetector>(),
                    all.Get<TimeProvider>(),
                    all.Get<IOptions<CountingOptions>>()
                )
        );
    }

    /// <summary>
    /// Pages that changed are noted first, and only where they are announced. The reader comes last: it counts the
    /// visitors anew, of which the counter must have heard just before.
    /// </summary>
    private static ILedgerSubscriber[] SubscribersOf(this IServiceProvider all, Site site)
    {
        var counter = all.Of<VisitorCounter>(site);
        var (ranking, reader) = (all.Of<PageRanking>(site), all.Of<SiteReader>(site));
        return all.GetService<ChangedPages>() is { } changed
            ? [changed, ranking, counter, reader]
            : [ranking, counter, reader];
    }

    private static void AddPerSite<T>(this IServiceCollection services, Func<IServiceProvider, Site, T> make)
        where T : class =>
        services.TryAddSingleton(all => new PerSite<T>(all.Get<SiteList>(), site => make(all, site)));

    private static T Of<T>(this IServiceProvider all, Site site)
        where T : class => all.Get<PerSite<T>>().Of(site.Id);

    private static T Get<T>(this IServiceProvider all)
        where T : notnull => all.GetRequiredService<T>();

    private static CountingOptions Options(this IServiceProvider all) => all.Get<IOptions<CountingOptions>>().Value;
}
