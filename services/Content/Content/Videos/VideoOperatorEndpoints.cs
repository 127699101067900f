using System.Text.Json.Serialization;
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
            .AnswersPage<EditorVideo>("A page of the list, the newest first.");
        site.MapRead("/videos/{id:guid}", ReadAsync)
            .Describe("readVideo", "Reads a video.")
            .ReadsVersion<EditorVideo>(id, "The video.", ContentProblems.UnknownVideo);
        site.MapPost("/videos", CreateAsync)
            .Describe("addVideo", "Adds a video.")
            .TakesBody<VideoInput>()
            .Answers<EditorVideo>("Added.", StatusCodes.Status201Created, ContentFields.LocationOf("videos"))
            .AnswersVersion()
            .Fails(CommonProblems.InvalidFields);
        site.MapPut("/videos/{id:guid}", ChangeAsync)
            .Describe("changeVideo", "Replaces a video.")
            .Takes(id)
            .TakesVersion()
            .TakesBody<VideoInput>()
            .Answers<EditorVideo>("As it is now.")
            .Fails(CommonProblems.InvalidFields, ContentProblems.UnknownVideo);
        site.MapDelete("/videos/{id:guid}", DeleteAsync)
            .Describe("deleteVideo", "Deletes a video.")
            .DeletesVersion(id, ContentProblems.UnknownVideo);
    }

    private static Task<IResult> ListAsync(string site, HttpRequest request, ContentContext database) =>
        database
            .Videos.Where(video => video.Site == site)
            .NewestFirst()
            .ReplyAsync(request, video => new EditorVideo(video));

    private static async Task<IResult> ReadAsync([AsParameters] EditRequest request, ContentContext database) =>
        await Find(request, database).FirstOrDefaultAsync(request.Aborted) is { } video
            ? ConditionalChange.Reply(request.Context, new EditorVideo(video))
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
        return ConditionalChange.Reply(context, new EditorVideo(video), StatusCodes.Status201Created);
    }

    private static async Task<IResult> ChangeAsync(
        [AsParameters] EditRequest request,
        ContentContext database,
        TimeProvider time
    )
    {
        var now = time.GetUtcNow();
        var (input, problem) = await ReadInputAsync(request.Context, now);
        return input is null
            ? problem!
            : await EditAsync(
                request,
                database,
                video => input.Apply(video, now),
                video => ConditionalChange.Reply(request.Context, new EditorVideo(video))
            );
    }

    private static Task<IResult> DeleteAsync([AsParameters] EditRequest request, ContentContext database) =>
        EditAsync(request, database, video => database.Remove(video), _ => Results.NoContent());

    /// <summary>Reads a video, looks whether it is as the editor read it, and changes it.</summary>
    private static Task<IResult> EditAsync(
        EditRequest request,
        ContentContext database,
        Action<Video> change,
        Func<Video, IResult> reply
    ) =>
        ConditionalChange.RunAsync(
            request.Context,
            database,
            Find(request, database),
            ContentProblems.UnknownVideo,
            async video =>
            {
                change(video);
                await database.SaveChangesAsync(request.Aborted);
                return reply(video);
            }
        );

    private static IQueryable<Video> Find(EditRequest request, ContentContext database) =>
        database.Videos.Where(video => video.Site == request.Site && video.Id == request.Id);

    private static Task<(VideoInput? Input, IResult? Problem)> ReadInputAsync(
        HttpContext context,
        DateTimeOffset now
    ) => ContentFields.ReadAsync<VideoInput>(context, MaxBytes, sent => sent.Problem(context, now));
}

/// <summary>A video as editors see it.</summary>
internal sealed class EditorVideo(Video video) : VideoItem(video), IVersioned
{
    /// <summary>UTC; before it, visitors do not see it.</summary>
    [JsonPropertyOrder(1)]
    public override DateTime PublishedAt { get; init; } = Instants.Of(video.PublishedAt);

    /// <summary>Grows by one with each change; the entity tag.</summary>
    [JsonPropertyOrder(1)]
    public long Version { get; init; } = video.Version;
}
