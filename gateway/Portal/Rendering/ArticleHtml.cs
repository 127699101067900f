using AngleSharp.Dom;
using AngleSharp.Html.Parser;

namespace PortalServices.Portal.Rendering;

/// <summary>An article's text within a page. The API has made it safe; what is left is what this page may show.</summary>
internal static class ArticleHtml
{
    /// <summary>
    /// The HTML of an article, without images that may not be shown: in the place of each is a link to it, with its
    /// words. The page has a heading of the first level already, so those of a text begin with the second.
    /// </summary>
    public static string Shown(string html, PageFrame frame)
    {
        if (
            !html.Contains("<img", StringComparison.OrdinalIgnoreCase)
            && !html.Contains("<h1", StringComparison.OrdinalIgnoreCase)
        )
        {
            return html;
        }
        using var document = new HtmlParser().ParseDocument("");
        var body = document.Body!;
        body.InnerHtml = html;
        foreach (var image in body.QuerySelectorAll("img").ToList())
        {
            if (frame.Image(image.GetAttribute("src")) is null)
            {
                image.Replace(LinkTo(image, document, frame));
            }
        }
        if (body.QuerySelector("h1") is not null)
        {
            for (var level = 5; level >= 1; level--)
            {
                foreach (var heading in body.QuerySelectorAll($"h{level}").ToList())
                {
                    var lower = document.CreateElement($"h{level + 1}");
                    lower.Append([.. heading.ChildNodes]);
                    heading.Replace(lower);
                }
            }
        }
        return body.InnerHtml;
    }

    private static INode LinkTo(IElement image, IDocument document, PageFrame frame)
    {
        var words = image.GetAttribute("alt") is { Length: > 0 } alt ? alt : frame.Text["Hình ảnh", "Image"];
        // A link within a link is none.
        if (image.GetAttribute("src") is not { Length: > 0 } address || image.Closest("a") is not null)
        {
            return document.CreateTextNode(words);
        }
        var link = document.CreateElement("a");
        link.SetAttribute("href", address);
        link.SetAttribute("rel", "noreferrer");
        link.TextContent = words;
        return link;
    }
}
