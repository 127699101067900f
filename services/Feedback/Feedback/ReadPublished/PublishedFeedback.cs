using Microsoft.EntityFrameworkCore;
using PortalServices.ApiDocuments;
using PortalServices.Feedback.Answer;
using PortalServices.Feedback.Lists;
using PortalServices.Feedback.Submit;
using PortalServices.VietnameseText;

namespace PortalServices.Feedback.ReadPublished;

/// <summary><c>GET feedback</c> and <c>GET feedback/similar</c>: what was published, for everybody.</summary>
internal static class PublishedFeedback
{
    public static void MapPublishedFeedback(this IEndpointRouteBuilder site)
    {
        site.MapRead("/feedback", ListAsync)
            .Describe(
                "listPublishedFeedback",
                "Lists the feedback that was published, without personal data.",
                "With `q`, only what has all its words in the published texts, in any spelling; a `snippet` shows where. The newest 10,000 that have them are looked at."
            )
            .Takes(
                new ApiField(
                    "q",
                    "Words that must all be there, in any spelling; those between quotation marks side by side.",
                    ApiValue.Text("hoc phi", most: FeedbackList.MaxSearch)
                ),
                FeedbackEndpoints.OfCategory
            )
            .TakesPart()
            .Answers<PartOfList<PublicFeedback>>("A page of the list, the latest publication first.")
            .AnswersTag()
            .Fails(CommonProblems.InvalidSearch);
        site.MapRead("/feedback/similar", SimilarAsync)
            .Describe(
                "listSimilarFeedback",
                "Finds published feedback whose titles are like one that is being typed.",
                "Of the site's newest 1,000 publications, as they were up to a minute ago; at most five, the most alike first."
            )
            .Takes(
                new ApiField(
                    "title",
                    "What was typed so far.",
                    ApiValue.Text("Hỏi về học phí", most: FeedbackList.MaxSearch)
                )
            )
            .Answers<SimilarFeedback>("What is like it; nothing for a title without words.")
            .AnswersTag()
            .Fails(CommonProblems.InvalidSearch);
    }

    private static async Task<IResult> ListAsync(string site, HttpRequest request, FeedbackContext database)
    {
        var text = (string?)request.Query["q"];
        if (text?.Length > FeedbackList.MaxSearch && !string.IsNullOrWhiteSpace(text))
        {
            return Problem.Of(CommonProblems.InvalidSearch);
        }
        var search = string.IsNullOrWhiteSpace(text) ? null : SearchQuery.Parse(text);
        var published = database.Entries.Where(entry => entry.Status == FeedbackStatus.Published);
        var listed = search is null
            ? published.Where(entry => entry.Site == site)
            : FeedbackSearch.FindPublished(database, site, search);
        if ((string?)request.Query["category"] is { Length: > 0 } category)
        {
            listed = listed.Where(entry => entry.Category == category);
        }
        return ListPart.Read(request, ListOrder.Published, out var part)
            ?? ETagResult.Json(
                await part.ReadAsync(
                    listed.Select(entry => new ListKey { Id = entry.Id, At = entry.PublishedAt!.Value }),
                    // Not what was taken back meanwhile.
                    published,
                    entry => PublicFeedback.Of(entry, search),
                    request.HttpContext.RequestAborted
                )
            );
    }

    private static async Task<IResult> SimilarAsync(
        string site,
        HttpRequest request,
        FeedbackContext database,
        PublishedTitles titles
    )
    {
        var cancel = request.HttpContext.RequestAborted;
        var title = ((string?)request.Query["title"] ?? "").Trim();
        if (title.Length > FeedbackList.MaxSearch)
        {
            return Problem.Of(CommonProblems.InvalidSearch);
        }
        var ids = (await titles.OfAsync(site, database, cancel)).Like(title);
        var found =
            ids.Count == 0
                ? []
                // Not what was taken back meanwhile.
                : await database
                    .Entries.AsNoTracking()
                    .Where(entry => ids.Contains(entry.Id) && entry.Status == FeedbackStatus.Published)
                    .ToDictionaryAsync(entry => entry.Id, cancel);
        return ETagResult.Json(
            new SimilarFeedback([.. ids.Where(found.ContainsKey).Select(id => PublicFeedback.Of(found[id]))])
        );
    }
}

/// <summary>Feedback as everybody reads it.</summary>
/// <param name="Title">Without personal data.</param>
/// <param name="Content">Without personal data.</param>
/// <param name="Answer">Without personal data.</param>
/// <param name="ReceivedAt">UTC.</param>
/// <param name="AnsweredAt">UTC.</param>
/// <param name="PublishedAt">UTC.</param>
/// <param name="Category">The id of its heading; left out for none.</param>
/// <param name="Snippet">Of a search, where content or answer has its words; left out where the title alone
/// does.</param>
internal sealed record PublicFeedback(
    string Title,
    string Content,
    string Answer,
    DateTime ReceivedAt,
    DateTime AnsweredAt,
    DateTime PublishedAt,
    string? Category,
    PublicSnippet? Snippet
)
{
    public static PublicFeedback Of(FeedbackEntry entry, SearchQuery? search = null) =>
        new(
            entry.PublicTitle ?? "",
            entry.PublicContent ?? "",
            entry.PublicAnswer ?? "",
            Instants.Of(entry.ReceivedAt),
            Instants.Of(entry.AnsweredAt ?? 0),
            Instants.Of(entry.PublishedAt ?? 0),
            entry.Category,
            search is null ? null : PublicSnippet.Of($"{entry.PublicContent}\n{entry.PublicAnswer}", search)
        );
}

/// <summary>The part of a text that shows best why a search found it.</summary>
/// <param name="Text">Plain text.</param>
/// <param name="Hits">Where the words of the search stand in it, in order.</param>
internal sealed record PublicSnippet(string Text, IReadOnlyList<SnippetHit> Hits)
{
    /// <summary>Null where the text has none of the words.</summary>
    public static PublicSnippet? Of(string text, SearchQuery search) =>
        SearchSnippet.Of(text, search) is { Hits.Count: > 0 } snippet
            ? new(snippet.Text, [.. snippet.Hits.Select(hit => new SnippetHit(hit.Start, hit.Length))])
            : null;
}

/// <summary>A word of a search in a snippet.</summary>
/// <param name="Start">Its first UTF-16 unit, as JavaScript counts them, from 0 on.</param>
/// <param name="Length">Its UTF-16 units.</param>
internal sealed record SnippetHit(int Start, int Length);

/// <summary>Feedback that is like another.</summary>
/// <param name="Items">The most alike first.</param>
internal sealed record SimilarFeedback(IReadOnlyList<PublicFeedback> Items);
