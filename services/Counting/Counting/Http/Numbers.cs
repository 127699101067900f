using System.IO.Hashing;
using System.Text.Json;
using PortalServices.ApiDocuments;
using PortalServices.Http.Json;

namespace PortalServices.Counting.Http;

/// <summary>
/// Replies of numbers with an entity tag that covers all of them but not the instant they were taken at, so that
/// unchanged ones answer 304.
/// </summary>
internal static class Numbers
{
    /// <summary>What the API document says of the entity tag.</summary>
    public static readonly ApiField Tag = new(
        "ETag",
        "Covers all numbers but not the instant they were taken at.",
        ApiValue.Text("W/\"5f0c8e9a4b570190d5f25c1e7a33b1d2\"")
    );

    /// <param name="reply">The numbers.</param>
    /// <param name="withoutInstant">The same without the instant, where they have one.</param>
    public static IResult Reply<T>(T reply, T? withoutInstant = null)
        where T : class
    {
        var covered = JsonSerializer.SerializeToUtf8Bytes(withoutInstant ?? reply, PortalJson.Replies);
        return ETagResult.WeakJson(reply, Convert.ToHexStringLower(XxHash128.Hash(covered)));
    }
}
