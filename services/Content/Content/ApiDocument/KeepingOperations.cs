using PortalServices.ApiDocuments;
using PortalServices.Content.Lookups;
using PortalServices.Content.Videos;
using PortalServices.ServiceDefaults;
using static PortalServices.Content.ApiDocument.OperatorRoute;
using static PortalServices.Content.ApiDocument.SentFields;

namespace PortalServices.Content.ApiDocument;

/// <summary>The operators' routes of videos and lookup tables, as the document tells of them.</summary>
internal static class KeepingOperations
{
    public const string Tag = "Keeping videos and lookups";

    private static readonly ApiBody Video = new(
        typeof(VideoInput),
        Title.Required(),
        Url.Required(),
        Summary,
        Thumbnail,
        Duration,
        PublishedAt
    );

    public static IReadOnlyList<ApiOperation> All { get; } =
    [
        Read(Tag, "videos", "listAllVideos", "Lists the videos, those to come too.") with
        {
            Query = [ApiFields.Page, ApiFields.PageSize],
            Headers = [IfNoneMatch],
            Replies = PublicOperations.Answers("A page of the list, the newest first.", typeof(PagedList<EditedVideo>)),
            Problems = [CommonProblems.InvalidPaging, .. RouteProblems.OperatorsOfSite],
        },
        Read(Tag, "videos/{id:guid}", "readVideo", "Reads a video.") with
        {
            Path = [ApiFields.SiteId, VideoId],
            Replies = [Versioned(200, "The video.", typeof(EditedVideo))],
            Problems = [ContentProblems.UnknownVideo, .. RouteProblems.OperatorsOfSite],
        },
        Write(Tag, "POST", "videos", "addVideo", "Adds a video.") with
        {
            Body = Video,
            Replies = [Made("Added.", typeof(EditedVideo), "videos/0190d5f2-5c1e-7a33-b1d2-6f0c8e9a4b57")],
            Problems = [.. RouteProblems.OfBodies, CommonProblems.InvalidFields, .. RouteProblems.OperatorsOfSite],
        },
        Write(Tag, "PUT", "videos/{id:guid}", "changeVideo", "Changes a video: it is as it is sent, whole.") with
        {
            Path = [ApiFields.SiteId, VideoId],
            Headers = [ApiFields.IfMatch.Required()],
            Body = Video,
            Replies = [Versioned(200, "As it is now.", typeof(EditedVideo))],
            Problems =
            [
                .. RouteProblems.OfBodies,
                CommonProblems.InvalidFields,
                ContentProblems.UnknownVideo,
                .. OfChanges,
                .. RouteProblems.OperatorsOfSite,
            ],
        },
        Write(Tag, "DELETE", "videos/{id:guid}", "deleteVideo", "Deletes a video.") with
        {
            Path = [ApiFields.SiteId, VideoId],
            Headers = [ApiFields.IfMatch.Required()],
            Replies = [new(204, "It is gone.")],
            Problems = [ContentProblems.UnknownVideo, .. OfChanges, .. RouteProblems.OperatorsOfSite],
        },
        Read(Tag, "lookups", "listAllLookups", "Lists the lookup tables.") with
        {
            Query = [ApiFields.Page, ApiFields.PageSize],
            Headers = [IfNoneMatch],
            Replies = PublicOperations.Answers("A page of the list, by slug.", typeof(PagedList<LookupItem>)),
            Problems = [CommonProblems.InvalidPaging, .. RouteProblems.OperatorsOfSite],
        },
        Read(Tag, "lookups/{slug}", "readWholeLookup", "Reads a lookup table whole.") with
        {
            Path = [ApiFields.SiteId, SlugOfLookup],
            Replies = [Versioned(200, "The table.", typeof(EditedLookup))],
            Problems = [ContentProblems.UnknownLookup, .. RouteProblems.OperatorsOfSite],
        },
        Write(Tag, "PUT", "lookups/{slug}", "putLookup", "Makes a lookup table, or replaces it whole.") with
        {
            Description = "To replace one, send `If-Match`.",
            Path = [ApiFields.SiteId, SlugOfLookup],
            Headers = [ApiFields.IfMatch, OfNothing],
            Body = new ApiBody(typeof(LookupInput), Title.Required(), Columns.Required(), Rows.Required(), Summary),
            Replies =
            [
                Versioned(201, "Made.", typeof(EditedLookup)),
                Versioned(200, "Replaced.", typeof(EditedLookup)),
            ],
            Problems =
            [
                .. RouteProblems.OfBodies,
                CommonProblems.InvalidFields,
                .. OfChanges,
                ContentProblems.UnknownLookup,
                .. RouteProblems.OperatorsOfSite,
            ],
        },
        Write(Tag, "DELETE", "lookups/{slug}", "deleteLookup", "Deletes a lookup table.") with
        {
            Path = [ApiFields.SiteId, SlugOfLookup],
            Headers = [ApiFields.IfMatch.Required()],
            Replies = [new(204, "It is gone.")],
            Problems = [ContentProblems.UnknownLookup, .. OfChanges, .. RouteProblems.OperatorsOfSite],
        },
    ];
}
