using System.Globalization;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace PortalServices.Http.Requests;

/// <summary>
/// Optimistic concurrency over HTTP (RFC 9110, section 13.1.1): a version is told as <c>ETag: "7"</c>, and a change
/// says <c>If-Match: "7"</c>. What else moves, views above all, is no part of it.
/// </summary>
public static class IfMatch
{
    /// <summary>Tells the version with the reply.</summary>
    public static void Tag(HttpContext context, long version)
    {
        ArgumentNullException.ThrowIfNull(context);
        context.Response.Headers.ETag = Of(version).ToString();
    }

    /// <summary>
    /// The reply to a request that does not name this version; null when it does. <c>*</c> is whatever there is.
    /// </summary>
    public static IResult? Problem(HttpContext context, long version)
    {
        ArgumentNullException.ThrowIfNull(context);
        var header = context.Request.Headers.IfMatch;
        return string.IsNullOrWhiteSpace(header) ? Problems.Problem.Of(CommonProblems.IfMatchRequired)
            : !TryRead(header, out var asked) ? Problems.Problem.Of(CommonProblems.InvalidIfMatch)
            : asked.Any(each =>
                each.Equals(EntityTagHeaderValue.Any) || each.Compare(Of(version), useStrongComparison: true)
            )
                ? null
            : Conflict(context, version);
    }

    /// <summary>Whether the request names versions, or any.</summary>
    public static bool IsWellFormed(HttpContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return TryRead(context.Request.Headers.IfMatch, out _);
    }

    /// <summary>Whether the request changes whatever there is: <c>If-Match: *</c>.</summary>
    public static bool IsAny(HttpContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return context.Request.GetTypedHeaders().IfMatch.Any(each => each.Equals(EntityTagHeaderValue.Any));
    }

    /// <summary>The reply to who was too late, with the version that there is now.</summary>
    public static IResult Conflict(HttpContext context, long version)
    {
        Tag(context, version);
        return Problems.Problem.Of(CommonProblems.VersionConflict);
    }

    /// <summary>
    /// The same for what comes to be with its first version: whoever says <c>If-None-Match: *</c> wants to be the one
    /// who makes it.
    /// </summary>
    /// <param name="context">The request.</param>
    /// <param name="version">What there is; null for nothing yet.</param>
    public static IResult? Problem(HttpContext context, long? version)
    {
        ArgumentNullException.ThrowIfNull(context);
        var request = context.Request;
        if (version is not { } present)
        {
            return request.Headers.IfMatch.Count == 0 ? null : Problems.Problem.Of(CommonProblems.VersionConflict);
        }
        return request.GetTypedHeaders().IfNoneMatch.Any(each => each.Equals(EntityTagHeaderValue.Any))
            ? Conflict(context, present)
            : Problem(context, present);
    }

    private static EntityTagHeaderValue Of(long version) =>
        new(string.Create(CultureInfo.InvariantCulture, $"\"{version}\""));

    // "*" stands alone (RFC 9110, section 13.1.1).
    private static bool TryRead(StringValues header, out IList<EntityTagHeaderValue> asked)
    {
        var isRead =
            EntityTagHeaderValue.TryParseStrictList(header, out var read)
            && (read.Count == 1 || !read.Contains(EntityTagHeaderValue.Any));
        asked = read ?? [];
        return isRead;
    }
}
