using PortalServices.Portal.Api;

namespace PortalServices.Portal.Rendering;

/// <summary>The numbers of a page at the moment it is asked for.</summary>
internal static class PageNumbers
{
    /// <summary>By the names of their places. A number that is not known is left out, and shown as a dash.</summary>
    public static async Task<IReadOnlyDictionary<string, string>> ReadAsync(
        ApiReads reads,
        PageRequest page,
        string path
    )
    {
        var read = await reads.ReadAsync<StatsReply>(
            page.Api($"stats?page={Uri.EscapeDataString(path)}"),
            page.Context.RequestAborted
        );
        var numbers = new Dictionary<string, string>(StringComparer.Ordinal) { ["age"] = "" };
        if (read.Value is not { } stats)
        {
            return numbers;
        }
        numbers["online"] = Texts.Number(stats.Online);
        numbers["today"] = Texts.Number(stats.Views.Today);
        numbers["week"] = Texts.Number(stats.Views.Week);
        numbers["total"] = Texts.Number(stats.Views.Total);
        if (stats.Page is { } views)
        {
            numbers["page"] = Texts.Number(views.Views.Total);
        }
        if (stats.Stale || read.IsOld)
        {
            numbers["age"] = $"{page.Text["Số liệu lúc", "As of"]} {page.Text.Moment(stats.AsOf, page.Site.Zone)}";
        }
        return numbers;
    }
}
