using PortalServices.ApiDocuments;
using PortalServices.ServiceDefaults;

namespace PortalServices.Content.ApiDocument;

/// <summary>What the operators' routes of content have in common.</summary>
internal static class OperatorRoute
{
    private const string AtSite = "/api/operator/sites/{site}",
        MayRead = "content.read",
        MayWrite = "content.write";

    /// <summary>What a change can answer that says by <c>If-Match</c> what was read before it.</summary>
    public static readonly ProblemCode[] OfChanges =
    [
        CommonProblems.VersionConflict,
        CommonProblems.IfMatchRequired,
        CommonProblems.InvalidIfMatch,
    ];

    /// <summary>A route for reading.</summary>
    public static ApiOperation Read(string tag, string route, string id, string summary) =>
        new("GET", $"{AtSite}/{route}", id, summary)
        {
            Tag = tag,
            Scope = MayRead,
            Path = [ApiFields.SiteId],
            Replies = [],
            Problems = [],
        };

    /// <summary>A route that changes something.</summary>
    public static ApiOperation Write(string tag, string method, string route, string id, string summary) =>
        Read(tag, route, id, summary) with
        {
            Method = method,
            Scope = MayWrite,
        };

    /// <summary>The answer of what has a version.</summary>
    public static ApiReply Versioned(int status, string description, Type type) =>
        new(status, description, type) { Headers = [ApiFields.Version] };

    /// <summary>The answer of what has come to be with its first version.</summary>
    public static ApiReply Made(string description, Type type, string where) =>
        new(201, description, type)
        {
            Headers = [ApiFields.Version, ApiFields.Location("Where it is.", $"/api/operator/sites/sonla/{where}")],
        };
}
