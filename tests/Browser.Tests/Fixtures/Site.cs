using PortalServices.Testing;
using PortalServices.Testing.Portal;

namespace PortalServices.Browser.Tests.Fixtures;

/// <summary>A site of one test, with pages that count for it.</summary>
public sealed record Site(Product Product, string Id)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>The tag of portal.js.</summary>
    public string Tag => $"""<script defer src="{Product.Door}/portal.js" data-site="{Id}"></script>""";

    /// <summary>The name that a page of this site counts under.</summary>
    public string Path(string page) => $"/{Id}/{page}";

    /// <summary>The address of a page at the listed origin.</summary>
    public string Url(string page) => Product.Pages.Listed + Path(page);

    /// <summary>Serves a page from now on; returns its address at the listed origin.</summary>
    public string Put(string page, string body = "", string head = "", string language = "vi", string? policy = null)
    {
        Product.Pages.Put(Path(page), Html(body, head, language), policy: policy);
        return Url(page);
    }

    /// <summary>A page with the tag.</summary>
    public string Html(string body = "", string head = "", string language = "vi") =>
        $"""
            <!doctype html>
            <html lang="{language}">
            <head>
              <meta charset="utf-8">
              <meta name="viewport" content="width=device-width">
              <title>{Id}</title>
              {head}
              {Tag}
            </head>
            <body>{body}</body>
            </html>
            """;

    /// <summary>What the API says now.</summary>
    public async Task<Stats> StatsAsync(string? path = null) =>
        (await Product.Shape.PublicDoor.StatsAsync(Id, Cancel, path)).Stats;

    /// <summary>How many views were counted beside those that were carried over.</summary>
    public async Task<long> CountedAsync() => (await StatsAsync()).Views.Total - Product.Baseline.Total;

    /// <summary>Waits until these pages, and no others, were counted; each as often as it is named.</summary>
    public async Task HasCountedAsync(params string[] pages)
    {
        await Eventually.BecomesAsync(CountedAsync, count => count >= pages.Length, "views counted", Cancel);
        Assert.Equal(pages.Length, await CountedAsync());
        foreach (var page in pages.CountBy(page => page))
        {
            Assert.Equal(page, new(page.Key, (int)(await StatsAsync(page.Key)).Page!.Views.Total));
        }
    }
}
