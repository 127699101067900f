using System.Diagnostics;
using PortalServices.Counting.Store;

namespace PortalServices.Counting.RecordView;

/// <summary>
/// The span of a commit, where a request that it carries is sampled: it continues the trace of the first of them, and
/// links to all.
/// </summary>
internal static class CommitSpan
{
    /// <summary>More sampled requests than that are counted, and not linked.</summary>
    public const int MaxLinks = 32;

    /// <summary>Starts it; null where nothing is sampled, which costs a look at each view.</summary>
    public static Activity? Start(string site, IReadOnlyList<PendingView> views)
    {
        if (!CountingTelemetry.Source.HasListeners())
        {
            return null;
        }
        List<ActivityLink>? links = null;
        var sampled = 0;
        for (var i = 0; i < views.Count; i++)
        {
            if (views[i].Sampled is { } request && ++sampled <= MaxLinks)
            {
                (links ??= []).Add(new ActivityLink(request));
            }
        }

        if (links is null)
        {
            return null;
        }
        var span = CountingTelemetry.Source.StartActivity(
            "counting.commit",
            ActivityKind.Internal,
            links[0].Context,
            links: links
        );
        span?.SetTag("portal.site", site);
        span?.SetTag("portal.batch.views", views.Count);
        span?.SetTag("portal.batch.sampled", sampled);
        return span;
    }
}
