using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using PortalServices.Counting.Ledger;
using PortalServices.Counting.Model;
using PortalServices.Counting.RankPages;
using PortalServices.Counting.ReadStats;
using PortalServices.Counting.ReadTraffic;
using PortalServices.Counting.RecordView;
using PortalServices.Counting.Store;
using PortalServices.ServiceDefaults;

namespace PortalServices.Counting;

/// <summary>
/// What this process holds of one site: its calendar, the store's clock, its lane of commits and its numbers.
/// </summary>
internal sealed record CountedSite(
    Site Site,
    SiteCalendar Calendar,
    KeptTimeline Timeline,
    StoreClock Clock,
    SiteReader Reader,
    PageRanking Ranking,
    TrafficReader Traffic,
    ViewCommitter Committer,
    VisitorCounter Visitors,
    VisitorKeys Keys,
    ViewIdFingerprint Fingerprint
);

/// <summary>The sites of the product, each made once.</summary>
internal sealed class CountedSites
{
    private readonly FrozenDictionary<string, CountedSite> _byId;

    public CountedSites(
        SiteList sites,
        StoreConnection store,
        ViewLedger ledger,
        VisitorStore visitors,
        AcknowledgedStates acknowledged,
        StoreMemoryMonitor fill,
        WaitingViews places,
        FatalStop fatal,
        TimeProvider time,
        IOptions<CountingOptions> options,
        ILogger<ViewCommitter> logger
    )
    {
        var settings = options.Value;
        _byId = sites.All.Select(Make).ToFrozenDictionary(site => site.Site.Id, StringComparer.Ordinal);

        CountedSite Make(Site site)
        {
            var calendar = new SiteCalendar(site);
            var clock = new StoreClock(time);
            var counter = new VisitorCounter(site, ledger, visitors, time);
            var ranking = new PageRanking(site.Id, calendar, store, ledger, time, settings);
            var timeline = new KeptTimeline(site, calendar, store, ledger, fatal, time);
            var reader = new SiteReader(
                site,
                calendar,
                timeline,
                store,
                ledger,
                counter,
                ranking,
                clock,
                time,
                settings
            );
            var remembered = new RememberedVisitors(settings.RememberedVisitors);
            var committer = new ViewCommitter(
                site.Id,
                store,
                ledger,
                acknowledged,
                fill,
                reader,
                places,
                remembered,
                new ExpiredIds(site.Id, store, ledger, ranking),
                time,
                logger
            );
            return new CountedSite(
                site,
                calendar,
                timeline,
                clock,
                reader,
                ranking,
                new TrafficReader(site.Id, store, ledger, time),
                committer,
                counter,
                new VisitorKeys(site, store, visitors, settings),
                new ViewIdFingerprint(Encoding.UTF8.GetBytes(settings.VisitorSecret), site.Id)
            );
        }
    }

    public IReadOnlyCollection<CountedSite> All => _byId.Values;

    public bool TryGet(string id, [NotNullWhen(true)] out CountedSite? site) => _byId.TryGetValue(id, out site);
}
