using Markdig;

namespace PortalServices.Content.Bodies;

/// <summary>Markdown (CommonMark with pipe tables and bare addresses) as HTML that is not safe yet.</summary>
internal static class MarkdownBody
{
    static readonly MarkdownPipeline Pipeline = new MarkdownPipelineBuilder { MaximumNestingDepth = BodyLimits.MaxDepth }.UsePipeTables().UseAutoLinks().Build();

    /// <exception cref="TextTooComplexException">It would become too large or too intricate.</exception>
    public static string ToHtml(string body)
    {
        MarkdownComplexity.Check(body);
        using var html = new BoundedWriter();
        try
        {
            Markdown.ToHtml(body, html, Pipeline);
        }
        catch (ArgumentException tooDeep)
        {
            throw new TextTooComplexException("depth", BodyLimits.MaxDepth, tooDeep);
        }

        return html.ToString();
    }
}
