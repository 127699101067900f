using System.Text.Json;
using System.Text.Json.Serialization;
using PortalServices.Counting.Model;
using PortalServices.Counting.ReadStats;
using PortalServices.Http.Json;

namespace PortalServices.Counting.RecordView;

/// <summary>
/// What became of a view: counted, or why not (<c>duplicate</c>, <c>bot</c>, <c>optedOut</c>), and the numbers behind
/// it.
/// </summary>
internal sealed record ViewReply(
    bool Counted,
    string? Reason,
    string Site,
    long Online,
    int OnlineWindowMinutes,
    ViewTotals Views,
    ViewTotals Visitors,
    PageReply? Page,
    DateTime AsOf,
    bool Stale,
    bool StoreLoss
)
{
    public ViewReply(bool counted, string? reason, StatsReply stats)
        : this(
            counted,
            reason,
            stats.Site,
            stats.Online,
            stats.OnlineWindowMinutes,
            stats.Views,
            stats.Visitors,
            stats.Page,
            stats.AsOf,
            stats.Stale,
            stats.StoreLoss
        ) { }
}

[JsonSerializable(typeof(ViewReply))]
internal sealed partial class ViewJson : JsonSerializerContext
{
    public static ViewJson Readable { get; } = new(new JsonSerializerOptions(PortalJson.Replies));
}
