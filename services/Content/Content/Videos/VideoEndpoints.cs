using PortalServices.ApiDocuments;
using PortalServices.Content.Storage;

namespace PortalServices.Content.Videos;

/// <summary><c>GET videos</c>: the video block, newest first.</summary>
internal static class VideoEndpoints
{
    public static void MapVideos(this IEndpointRouteBuilder site) =>
        site.MapRead("/videos", ListAsync)
            .Describe("listVideos", "Lists the videos whose date has come.")
            .AnswersPage<VideoItem>("A page of the list, the newest first.");

    private static Task<IResult> ListAsync(string site, HttpRequest request, ContentContext database, TimeProvider time)
    {
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        return database
            .Videos.Where(video => video.Site == site && video.PublishedAt <= now)
            .NewestFirst()
            .ReplyAsync(request, video => new VideoItem(video));
    }

    public static IQueryable<Video> NewestFirst(this IQueryable<Video> videos) =>
        videos.OrderByDescending(video => video.PublishedAt).ThenBy(video => video.Id);
}

/// <summary>A video as visitors see it.</summary>
internal class VideoItem(Video video)
{
    /// <summary>Names it for ever.</summary>
    public Guid Id { get; init; } = video.Id;

    /// <summary>Plain text.</summary>
    public string Title { get; init; } = video.Title;

    /// <summary>Plain text.</summary>
    public string Summary { get; init; } = video.Summary;

    /// <summary>Where it plays.</summary>
    public string Url { get; init; } = video.Url;

    /// <summary>Address of a still picture; left out where there is none.</summary>
    public string? Thumbnail { get; init; } = video.Thumbnail;

    /// <summary>0 where it is not known.</summary>
    public int DurationSeconds { get; init; } = video.DurationSeconds;

    /// <summary>UTC.</summary>
    public virtual DateTime PublishedAt { get; init; } = Instants.Of(video.PublishedAt);
}
