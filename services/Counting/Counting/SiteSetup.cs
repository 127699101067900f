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
        services.TryAddSingleton(all => new PerSite<IServiceProvider>(
            all.GetRequiredService<SiteList>(),
            site => ScopeOf(all, site)
        ));
        services.TryAddScoped<SiteOfScope>();
        services.TryAddScoped(all =>
            all.GetRequiredService<SiteOfScope>().Site
            ?? throw new InvalidOperationException("This is the scope of no site.")
        );
        services.TryAddScoped(all => all.GetRequiredService<IOptions<CountingOptions>>().Value);
        services.TryAddScoped<IReadOnlyList<ILedgerSubscriber>>(SubscribersIn);
        services.TryAddScoped<LedgerSeen>(all => all.GetRequiredService<PageRanking>().Seen);
        services.TryAddScoped<ExpiredIds>();
        services.TryAddScoped<RememberedVisitors>();
        services.TryAddScoped(all => new ViewIdFingerprint(
            Encoding.UTF8.GetBytes(all.GetRequiredService<CountingOptions>().VisitorSecret),
            all.GetRequiredService<Site>().Id
        ));
        services.AddPerSite<SiteCalendar>();
        services.AddPerSite<ScanGate>();
        services.AddPerSite<StoreAvailability>();
        services.AddPerSite<StoreClock>();
        services.AddPerSite<KeptTimeline>();
        services.AddPerSite<VisitorCounter>();
        services.AddPerSite<NumbersCache>();
        services.AddPerSite<PageRanking>();
        services.AddPerSite<TrafficReader>();
        services.AddPerSite<NumbersRefresh>();
        services.AddPerSite<SiteReader>();
        services.AddPerSite<StatsReplies>();
        services.AddPerSite<VisitorKeys>();
        services.AddPerSite<ViewCommitter>();
        services.AddPerSite<ViewIntake>();
        services.AddPerSite<FramedSite>();
        services.AddPerSite<SiteHousekeeping>();
    }

    /// <summary>
    /// Pages that changed are noted first, and only where they are announced. The reader comes last: it counts the
    /// visitors anew, of which the counter must have heard just before.
    /// </summary>
    private static IReadOnlyList<ILedgerSubscriber> SubscribersIn(IServiceProvider scope)
    {
        var counter = scope.GetRequiredService<VisitorCounter>();
        var (ranking, reader) = (scope.GetRequiredService<PageRanking>(), scope.GetRequiredService<SiteReader>());
        return scope.GetService<ChangedPages>() is { } changed
            ? [changed, ranking, counter, reader]
            : [ranking, counter, reader];
    }

    /// <summary>One for each site, made of the others of its site and of what the process has once.</summary>
    private static void AddPerSite<T>(this IServiceCollection services)
        where T : class
    {
        services.TryAddScoped<T>();
        services.TryAddSingleton(all => new PerSite<T>(
            all.GetRequiredService<SiteList>(),
            site => all.GetRequiredService<PerSite<IServiceProvider>>().Of(site.Id).GetRequiredService<T>()
        ));
    }

    /// <summary>The scope of a site, for as long as the process lives.</summary>
    private static IServiceProvider ScopeOf(IServiceProvider all, Site site)
    {
        var scope = all.CreateScope().ServiceProvider;
        scope.GetRequiredService<SiteOfScope>().Site = site;
        return scope;
    }

    private sealed class SiteOfScope
    {
        public Site? Site { get; set; }
    }
}
