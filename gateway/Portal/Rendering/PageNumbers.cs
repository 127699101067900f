using System.Collections.Concurrent;
using PortalServices.Portal.Api;

namespace PortalServices.Portal.Rendering;

/// <summary>
/// The numbers of pages at the moment they are asked for. Those of a site are the newest that any of its pages got, so
/// that no two pages say different ones.
/// </summary>
internal sealed class PageNumbers(ApiReads reads, TimeProvider time)
{
    // How long a page waits for numbers where none are known.
    private static readonly TimeSpan FirstWait = TimeSpan.FromSeconds(2);

    // One for a site.
    private readonly ConcurrentDictionary<string, Known> _newest = new(StringComparer.Ordinal);

    /// <summary>
    /// By the names of their places. A number that is not known is left out, and shown as a dash.
    /// </summary>
    public async Task<IReadOnlyDictionary<string, string>> ReadAsync(PageRequest page, string path)
    {
        var read = await reads.ReadAsync<StatsReply>(
            page.Api($"stats?page={Uri.EscapeDataString(path)}"),
            NewestOf(page) is null ? FirstWait : ApiReads.RefreshTimeout,
            page.Context.RequestAborted
        );
        if (read.Value is { } stats)
        {
            var isOld = stats.Stale || read.IsOld;
            _newest.AddOrUpdate(
                page.Site.Id,
                _ => new Known(stats, isOld, time.GetTimestamp()),
                (_, known) =>
                    stats.AsOf > known.Stats.AsOf || (stats.AsOf == known.Stats.AsOf && !isOld)
                        ? new Known(stats, isOld, time.GetTimestamp())
                        : known
            );
        }
        return Numbers(page, read.Value?.Page, read.Value is null || read.IsOld || read.Value.Stale);
    }

    /// <summary>The same of what is known already; it waits for nothing.</summary>
    public IReadOnlyDictionary<string, string> Last(PageRequest page) => Numbers(page, null, isOld: true);

    private Known? NewestOf(PageRequest page) =>
        _newest.TryGetValue(page.Site.Id, out var known) && time.GetElapsedTime(known.At) < ApiReads.Kept
            ? known
            : null;

    private Dictionary<string, string> Numbers(PageRequest page, PageViews? views, bool isOld)
    {
        var numbers = new Dictionary<string, string>(StringComparer.Ordinal) { ["age"] = "" };
        if (views is not null)
        {
            numbers["page"] = Texts.Number(views.Views.Total);
        }
        if (NewestOf(page) is not { Stats: var stats } newest)
        {
            return numbers;
        }
        numbers["online"] = Texts.Number(stats.Online);
        numbers["today"] = Texts.Number(stats.Views.Today);
        numbers["week"] = Texts.Number(stats.Views.Week);
        numbers["total"] = Texts.Number(stats.Views.Total);
        if (isOld || newest.IsOld)
        {
            numbers["age"] = $"{page.Text["Số liệu lúc", "As of"]} {page.Text.Moment(stats.AsOf, page.Site.Zone)}";
        }
        return numbers;
    }

    private sealed record Known(StatsReply Stats, bool IsOld, long At);
}
