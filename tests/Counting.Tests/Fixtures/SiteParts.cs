using Microsoft.Extensions.DependencyInjection;
using PortalServices.Counting.Ledger;
using PortalServices.Counting.Model;
using PortalServices.Counting.RankPages;
using PortalServices.Counting.ReadStats;
using PortalServices.Counting.ReadTraffic;
using PortalServices.Counting.RecordView;
using PortalServices.Counting.Store;

namespace PortalServices.Counting.Tests.Fixtures;

/// <summary>What a process holds of one site.</summary>
internal sealed class SiteParts(IServiceProvider services, Site site)
{
    public Site Site => site;

    public SiteCalendar Calendar => Of<SiteCalendar>();

    public StoreClock Clock => Of<StoreClock>();

    public StoreAvailability Availability => Of<StoreAvailability>();

    public SiteReader Reader => Of<SiteReader>();

    public PageRanking Ranking => Of<PageRanking>();

    public ScanGate Scans => Of<ScanGate>();

    public ViewCommitter Committer => Of<ViewCommitter>();

    public VisitorKeys Keys => Of<VisitorKeys>();

    public KeptTimeline Timeline => Of<KeptTimeline>();

    public TrafficReader Traffic => Of<TrafficReader>();

    private T Of<T>()
        where T : class => services.GetRequiredService<PerSite<T>>().Of(site.Id);
}
