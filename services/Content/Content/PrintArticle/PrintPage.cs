using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Unicode;
using PortalServices.Content.Articles;

namespace PortalServices.Content.PrintArticle;

/// <summary>
/// The page itself: the article with its summary and its cover image, who wrote it, when it was published by the site's
/// clock, and where it is from.
/// </summary>
internal static class PrintPage
{
    private const string Style = """
        body{font:12pt/1.5 "Times New Roman",serif;max-width:42rem;margin:2rem auto;padding:0 1rem;color:#000;background:#fff}
        h1{font-size:18pt;line-height:1.25}img{max-width:100%;height:auto}table{border-collapse:collapse}td,th{border:1px solid #666;padding:.2rem .4rem}
        .summary{font-weight:bold;white-space:pre-line}figure{margin:1rem 0}
        .facts,footer{font-size:10pt;color:#333}footer{border-top:1px solid #666;margin-top:2rem;overflow-wrap:anywhere}
        @page{margin:2cm}@media print{body{margin:0;max-width:none;padding:0}tr,img{break-inside:avoid}}
        """;

    private static readonly HtmlEncoder Encoder = HtmlEncoder.Create(UnicodeRanges.All);

    /// <summary>Nothing but this style, by its hash, and images.</summary>
    public static readonly string Policy =
        $"default-src 'none'; style-src 'sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(Style)))}'; img-src 'self' http: https:; "
        + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    /// <summary>Of a published article, with labels in the language of its site.</summary>
    public static string Of(Article article, Site site, Uri page)
    {
        var isEnglish = site.Language == RequestLanguage.English;
        var published = TimeZoneInfo.ConvertTime(
            DateTimeOffset.FromUnixTimeMilliseconds(article.PublishedAt ?? 0),
            site.Zone
        );
        var date = published.ToString(
            isEnglish ? "d MMMM yyyy, HH:mm" : "dd/MM/yyyy HH:mm",
            CultureInfo.InvariantCulture
        );
        var instant = published.ToString("yyyy-MM-dd'T'HH:mm:sszzz", CultureInfo.InvariantCulture);
        var title = Encoder.Encode(article.Title);
        var author =
            article.Author.Length == 0
                ? ""
                : $"{(isEnglish ? "Author" : "Tác giả")}: {Encoder.Encode(article.Author)} · ";
        return $"""
            <!DOCTYPE html>
            <html lang="{site.Language}">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="robots" content="noindex">
            <title>{title} – {Encoder.Encode(site.Name)}</title>
            <link rel="canonical" href="{Encoder.Encode(page.AbsoluteUri)}">
            <style>{Style}</style>
            </head>
            <body>
            <article>
            <h1>{title}</h1>
            <p class="facts">{author}{(
                isEnglish ? "Published" : "Ngày đăng"
            )}: <time datetime="{instant}">{date}</time></p>
            {Summary(article)}{Cover(article, page)}{ArticleText.WithAbsoluteAddresses(article.Html, page)}
            </article>
            <footer>
            <p>{(isEnglish ? "Source" : "Nguồn")}: {Encoder.Encode(page.AbsoluteUri)}</p>
            </footer>
            </body>
            </html>

            """;
    }

    private static string Summary(Article article) =>
        article.Summary.Length == 0 ? "" : $"<p class=\"summary\">{Encoder.Encode(article.Summary)}</p>\n";

    private static string Cover(Article article, Uri page) =>
        article.CoverImage is { } address && Uri.TryCreate(page, address, out var image)
            ? $"<figure><img src=\"{Encoder.Encode(image.AbsoluteUri)}\" alt=\"{Encoder.Encode(article.CoverAlt ?? "")}\"></figure>\n"
            : "";
}
