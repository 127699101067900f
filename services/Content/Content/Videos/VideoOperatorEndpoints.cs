using Microsoft.EntityFrameworkCore;
using PortalServices.ApiDocuments;
using PortalServices.Content.Storage;

namespace PortalServices.Content.Videos;

/// <summary>
/// Operators' <c>videos</c>: list, read, add, change, delete. A change says by <c>If-Match</c> what was read before it.
/// </summary>
internal static class VideoOperatorEndpoints
{
    /// <summary>The largest body of a request.</summary>
    public const int MaxBytes = 64 * 1024;

    public static void MapVideoEditing(this IEndpointRouteBuilder site)
    {
        var id = new ApiField("id", "The video's id.", ApiValue.Uuid());
        site.MapRead("/videos", ListAsync)
            .Describe("listAllVideos", "Lists the videos, those to come too.")
            .TakesPage()
            .Answers<PagedList<EditedVideo>>("A page of the list, the newest first.")
            .AnswersTag();
        site.MapRead("/videos/{id:guid}", ReadAsync)
            .Describe("readVideo", "Reads a video.")
            .Takes(id)
            .Answers<EditedVideo>("The video.")
            .AnswersVersion()
            .Fails(ContentProblems.UnknownVideo);
        site.MapPost("/videos", CreateAsync)
            .Describe("addVideo", "Adds a video.")
            .TakesBody<VideoInput>()
            .Answers<EditedVideo>("Added.", StatusCodes.Status201Created, ContentFields.LocationOf("videos"))
            .AnswersVersion()
            .Fails(CommonProblems.InvalidFields);
        site.MapPut("/videos/{id:guid}", ChangeAsync)
            .Describe("changeVideo", "Replaces a video.")
            .Takes(id)
            .TakesVersion()
            .TakesBody<VideoInput>()
            .Answers<EditedVideo>("As it is now.")
            .Fails(CommonProblems.InvalidFields, ContentProblems.UnknownVideo);
        site.MapDelete("/videos/{id:guid}", DeleteAsync)
            .Describe("deleteVideo", "Deletes a video.")
            .Takes(id)
            .TakesVersion()
            .Answers(StatusCodes.Status204NoContent, "It is gone.")
            .Fails(ContentProblems.UnknownVideo);
    }

    private static async Task<IResult> ListAsync(string site, HttpRequest request, ContentContext database)
    {
        if (!Paging.TryRead(request, out var paging))
        {
            return Problem.Of(CommonProblems.InvalidPaging);
        }
        var (videos, total) = await database
            .Videos.Where(video => video.Site == site)
            .NewestAsync(paging, request.HttpContext.RequestAborted);
        return ETagResult.Json(PagedList.Of<EditedVideo>([.. videos.Select(EditedVideo.Of)], total, paging));
    }

    private static async Task<IResult> ReadAsync(string site, Guid id, HttpContext context, ContentContext database) =>
        await FindAsync(site, id, context, database) is { } video
            ? Reply(context, video)
            : Problem.Of(ContentProblems.UnknownVideo);

    private static async Task<IResult> CreateAsync(
        string site,
        HttpContext context,
        ContentContext database,
        TimeProvider time
    )
    {
        var now = time.GetUtcNow();
        var (input, problem) = await ReadInputAsync(context, now);
        if (input is null)
        {
            return problem!;
        }
        var video = new Video
        {
            Id = Guid.CreateVersion7(now),
            Site = site,
            Title = "",
            Url = "",
            PublishedAt = now.ToUnixTimeMilliseconds(),
        };
        input.Apply(video, now);
        database.Add(video);
        await database.SaveChangesAsync(context.RequestAborted);
        context.Response.Headers.Location = $"/api/operator/sites/{site}/videos/{video.Id}";
        return Reply(context, video, StatusCodes.Status201Created);
    }

    private static async Task<IResult> ChangeAsync(
        string site,
        Guid id,
        HttpContext context,
        ContentContext database,
        TimeProvider time
    )
    {
        var now = time.GetUtcNow();
        var (input, problem) = await ReadInputAsync(context, now);
        return input is null
            ? problem!
            : await EditAsync(
                site,
                id,
                context,
                database,
                video => input.Apply(video, now),
                video => Reply(context, video)
            );
    }

    private static Task<IResult> DeleteAsync(string site, Guid id, HttpContext context, ContentContext database) =>
        EditAsync(site, id, context, database, video => database.Remove(video), _ => Results.NoContent());

    /// <summary>Reads a video, looks whether it is as the editor read it, and changes it.</summary>
    private static Task<IResult> EditAsync(
        string site,
        Guid id,
        HttpContext context,
        ContentContext database,
        Action<Video> change,
        Func<Video, IResult> reply
    ) =>
        ConditionalChange.RunAsync(
            context,
            database,
            async () =>
            {
                if (await FindAsync(site, id, context, database) is not { } video)
                {
                    return Problem.Of(ContentProblems.UnknownVideo);
                }
                if (IfMatch.Problem(context, video.Version) is { } mismatch)
                {
                    return mismatch;
                }
                change(video);
                await database.SaveChangesAsync(context.RequestAborted);
                return reply(video);
            },
            async () =>
            {
                var present = await database
                    .Videos.Where(each => each.Site == site && each.Id == id)
                    .Select(each => (long?)each.Version)
                    .FirstOrDefaultAsync(context.RequestAborted);
                return present is { } version
                    ? IfMatch.Conflict(context, version)
                    : Problem.Of(ContentProblems.UnknownVideo);
            }
        );

    private static Task<Video?> FindAsync(string site, Guid id, HttpContext context, ContentContext database) =>
        database.Videos.FirstOrDefaultAsync(video => video.Site == site && video.Id == id, context.RequestAborted);

    private static async Task<(VideoInput? Input, IResult? Problem)> ReadInputAsync(
        HttpContext context,
        DateTimeOffset now
    )
    {
        var (input, problem) = await JsonBody.ReadAsync<VideoInput>(context.Request, MaxBytes);
        return input?.Problem(context, now) is { } mistakes ? (null, mistakes) : (input, problem);
    }

    private static IResult Reply(HttpContext context, Video video, int status = StatusCodes.Status200OK)
    {
        IfMatch.Tag(context, video.Version);
        return Results.Json(EditedVideo.Of(video), PortalJson.Replies, statusCode: status);
    }
}

/// <summary>A video as editors see it.</summary>
/// <param name="Id">Names it for ever.</param>
/// <param name="Title">Plain text.</param>
/// <param name="Summary">Plain text.</param>
/// <param name="Url">Where it plays.</param>
/// <param name="Thumbnail">Address of a still picture; left out where there is none.</param>
/// <param name="DurationSeconds">0 where it is not known.</param>
/// <param name="PublishedAt">UTC; before it, visitors do not see it.</param>
/// <param name="Version">Grows by one with each change; the entity tag.</param>
internal sealed record EditedVideo(
    Guid Id,
    string Title,
    string Summary,
    string Url,
    string? Thumbnail,
    int DurationSeconds,
    DateTime PublishedAt,
    long Version
)
{
    public static EditedVideo Of(Video video) =>
        new(
            video.Id,
            video.Title,
            video.Summary,
            video.Url,
            video.Thumbnail,
            video.DurationSeconds,
            Instants.Of(video.PublishedAt),
            video.Version
        );
}
