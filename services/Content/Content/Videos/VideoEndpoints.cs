using Microsoft.EntityFrameworkCore;
using PortalServices.ApiDocuments;
using PortalServices.Content.Storage;

namespace PortalServices.Content.Videos;

/// <summary><c>GET videos</c>: the video block, newest first.</summary>
internal static class VideoEndpoints
{
    public static void MapVideos(this IEndpointRouteBuilder site) =>
        site.MapRead("/videos", ListAsync)
            .Describe("listVideos", "Lists the videos whose date has come.")
            .TakesPage()
            .Answers<PagedList<VideoItem>>("A page of the list, the newest first.")
            .AnswersTag();

    private static async Task<IResult> ListAsync(
        string site,
        HttpRequest request,
        ContentContext database,
        TimeProvider time
    )
    {
        if (!Paging.TryRead(request, out var paging))
        {
            return Problem.Of(CommonProblems.InvalidPaging);
        }
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        var (videos, total) = await database
            .Videos.Where(video => video.Site == site && video.PublishedAt <= now)
            .NewestAsync(paging, request.HttpContext.RequestAborted);
        return ETagResult.Json(PagedList.Of<VideoItem>([.. videos.Select(VideoItem.Of)], total, paging));
    }

    /// <summary>A part of the videos, newest first, and how many there are.</summary>
    public static async Task<(List<Video> Videos, int Total)> NewestAsync(
        this IQueryable<Video> videos,
        Paging paging,
        CancellationToken cancel
    ) =>
        (
            await videos
                .OrderByDescending(video => video.PublishedAt)
                .ThenBy(video => video.Id)
                .Skip(paging.Skip)
                .Take(paging.Size)
                .AsNoTracking()
                .ToListAsync(cancel),
            await videos.CountAsync(cancel)
        );
}

/// <summary>A video as visitors see it.</summary>
/// <param name="Id">Names it for ever.</param>
/// <param name="Title">Plain text.</param>
/// <param name="Summary">Plain text.</param>
/// <param name="Url">Where it plays.</param>
/// <param name="Thumbnail">Address of a still picture; left out where there is none.</param>
/// <param name="DurationSeconds">0 where it is not known.</param>
/// <param name="PublishedAt">UTC.</param>
internal sealed record VideoItem(
    Guid Id,
    string Title,
    string Summary,
    string Url,
    string? Thumbnail,
    int DurationSeconds,
    DateTime PublishedAt
)
{
    public static VideoItem Of(Video video) =>
        new(
            video.Id,
            video.Title,
            video.Summary,
            video.Url,
            video.Thumbnail,
            video.DurationSeconds,
            Instants.Of(video.PublishedAt)
        );
}
