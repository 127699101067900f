using PortalServices.LoadTests.History;
using PortalServices.LoadTests.Scenarios;

namespace PortalServices.LoadTests.Verify;

/// <summary>What every target shows of the pages of a run.</summary>
internal sealed class CountedPages(HistoryHeader header, ViewStates states)
{
    private readonly Dictionary<(int Site, string Path), long[]> _views = [];

    /// <summary>Targets that gave no numbers, and why.</summary>
    public Dictionary<Uri, string> Silent { get; } = [];

    /// <summary>Targets that report that their store lost data.</summary>
    public HashSet<Uri> WithLoss { get; } = [];

    /// <summary>
    /// The least and the most that a target shows of a page; null when no target could be asked for it.
    /// </summary>
    public (long Least, long Most)? Of(int site, string path) =>
        _views.TryGetValue((site, path), out var views)
        && views.Where(each => each >= 0).ToList() is { Count: > 0 } known
            ? (known.Min(), known.Max())
            : null;

    /// <summary>Asks every target for every page.</summary>
    public async Task ReadAsync(IReadOnlyList<PublicApi> targets, CancellationToken cancel)
    {
        Silent.Clear();
        var pages = Enumerable.Range(0, header.Sites.Count).Select(_ => new List<string>()).ToArray();
        foreach (var (site, page) in states.Shared.Keys)
        {
            pages[site].Add(ViewId.SharedPath(header.Run, page));
        }
        foreach (var (id, _, _) in states.OwnPages())
        {
            pages[id.Site].Add(id.Path);
        }
        for (var node = 0; node < targets.Count; node++)
        {
            try
            {
                for (var site = 0; site < pages.Length; site++)
                {
                    foreach (var part in pages[site].Chunk(PublicApi.MaxPages))
                    {
                        await ReadAsync(targets, node, site, part, cancel);
                    }
                    // The box says it; lists of pages do not.
                    if (pages[site].Count > 0 && await targets[node].HasLossAsync(header.Sites[site], cancel))
                    {
                        WithLoss.Add(targets[node].Target);
                    }
                }
            }
            catch (ToolException failure)
            {
                Silent[targets[node].Target] = failure.Message;
            }
        }
    }

    private async Task ReadAsync(
        IReadOnlyList<PublicApi> targets,
        int node,
        int site,
        string[] part,
        CancellationToken cancel
    )
    {
        var target = targets[node];
        if (await target.TotalsAsync(header.Sites[site], part, cancel) is not { } totals)
        {
            throw new ToolException(ErrorCode.TargetFailed, $"{target.Target} has no current numbers.");
        }
        if (totals.Views.Count != part.Length)
        {
            throw new ToolException(ErrorCode.TargetFailed, $"{target.Target} answered for other pages than asked.");
        }
        for (var i = 0; i < part.Length; i++)
        {
            if (!_views.TryGetValue((site, part[i]), out var views))
            {
                _views[(site, part[i])] = views = [.. targets.Select(_ => -1L)];
            }
            views[node] = totals.Views[i];
        }
    }
}
