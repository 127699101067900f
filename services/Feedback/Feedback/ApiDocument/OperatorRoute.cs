using PortalServices.ApiDocuments;
using PortalServices.Feedback.Answer;
using PortalServices.ServiceDefaults;

namespace PortalServices.Feedback.ApiDocument;

/// <summary>What the operators' routes of feedback have in common.</summary>
internal static class OperatorRoute
{
    private const string AtSite = "/api/operator/sites/{site}/feedback",
        MayRead = "feedback.read",
        MayWrite = "feedback.write";

    /// <summary>What a change can answer that says by <c>If-Match</c> what was read before it.</summary>
    public static readonly ProblemCode[] OfChanges =
    [
        FeedbackProblems.UnknownFeedback,
        CommonProblems.VersionConflict,
        CommonProblems.IfMatchRequired,
        CommonProblems.InvalidIfMatch,
        CommonProblems.IllegalState,
        FeedbackProblems.Erased,
        .. RouteProblems.OperatorsOfSite,
    ];

    /// <summary>What a list of feedback can answer, and its export.</summary>
    public static readonly ProblemCode[] OfQueries =
    [
        CommonProblems.InvalidRequest,
        CommonProblems.InvalidSearch,
        CommonProblems.InvalidSort,
        FeedbackProblems.InvalidStatus,
        .. RouteProblems.OperatorsOfSite,
    ];

    /// <summary>A route for reading.</summary>
    public static ApiOperation Read(string tag, string route, string id, string summary) =>
        new("GET", $"{AtSite}{route}", id, summary)
        {
            Tag = tag,
            Scope = MayRead,
            Path = [ApiFields.SiteId],
            Replies = [],
            Problems = [],
        };

    /// <summary>A route that changes something.</summary>
    public static ApiOperation Write(string tag, string route, string id, string summary) =>
        Read(tag, route, id, summary) with
        {
            Method = "POST",
            Scope = MayWrite,
        };

    /// <summary>A change of one feedback, which says by <c>If-Match</c> what was read before it.</summary>
    public static ApiOperation Change(string tag, string step, string id, string summary) =>
        Write(tag, $"/{{id:guid}}/{step}", id, summary) with
        {
            Path = [ApiFields.SiteId, SentFields.FeedbackId],
            Headers = [ApiFields.IfMatch.Required()],
            Replies = [Versioned("As it is now.")],
        };

    /// <summary>The answer of a list, which nobody keeps.</summary>
    public static ApiReply[] Listing(string description, Type type) => [new(200, description, type)];

    /// <summary>The answer of what has a version.</summary>
    public static ApiReply Versioned(string description) =>
        new(200, description, typeof(HandledFeedback)) { Headers = [ApiFields.Version] };
}
