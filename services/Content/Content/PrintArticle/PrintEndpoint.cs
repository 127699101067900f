using System.Text;
using PortalServices.ApiDocuments;
using PortalServices.Content.Articles;

namespace PortalServices.Content.PrintArticle;

/// <summary><c>GET articles/{slug}/print</c>: an article as a page of its own, for paper.</summary>
internal static class PrintEndpoint
{
    public static void MapPrint(this IEndpointRouteBuilder site) =>
        site.MapRead("/articles/{slug}/print", ReadAsync)
            .Describe("printArticle", "Reads a published article as a page for paper.")
            .Takes(ArticleEndpoints.OfSlug)
            .AnswersText("text/html", "The page, in the language of the site.")
            .AnswersTag()
            .AnswersMoved("/api/sites/sonla/articles/hoi-nghi-tong-ket/print")
            .Fails(ContentProblems.UnknownArticle);

    private static async Task<IResult> ReadAsync(string site, string slug, HttpContext context, ArticleQueries queries)
    {
        var known = context.Site();
        if (await queries.FindAsync(site, slug, context.RequestAborted) is not var (article, _))
        {
            return Problem.Of(ContentProblems.UnknownArticle);
        }
        if (article.Slug != slug)
        {
            return ArticleEndpoints.Moved(context, $"/api/sites/{site}/articles/{article.Slug}/print");
        }
        context.Response.Headers.ContentSecurityPolicy = PrintPage.Policy;
        context.Response.Headers.ContentLanguage = known.Language;
        var page = PrintPage.Of(
            article,
            known,
            SiteAddress.OfArticle(SiteAddress.Of(known, context.Request), article.Slug)
        );
        return ETagResult.Bytes(Encoding.UTF8.GetBytes(page), "text/html; charset=utf-8");
    }
}
