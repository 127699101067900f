using Markdig;
using Markdig.Renderers;

namespace PortalServices.Content.Bodies;

/// <summary>Markdown (CommonMark with pipe tables and bare addresses) as HTML that is not safe yet.</summary>
internal static class MarkdownBody
{
    private static readonly MarkdownPipeline Pipeline = new MarkdownPipelineBuilder
    {
        MaximumNestingDepth = BodyLimits.MaxDepth,
    }
        .UsePipeTables()
        .UseAutoLinks()
        .Build();

    /// <exception cref="TextTooComplexException">It would become too large or too intricate.</exception>
    public static string ToHtml(string body)
    {
        MarkdownComplexity.Check(body);
        using var html = new BoundedWriter();
        try
        {
            // The library's own way keeps renderers and uses them again, as they were left by what was refused in the
            // middle.
            var renderer = new HtmlRenderer(html);
            Pipeline.Setup(renderer);
            renderer.Render(Markdown.Parse(body, Pipeline));
        }
        catch (ArgumentException tooDeep)
        {
            throw new TextTooComplexException("depth", BodyLimits.MaxDepth, tooDeep);
        }

        return html.ToString();
    }
}
