using PortalServices.ApiDocuments;

namespace PortalServices.Counting.Http;

/// <summary>What the API document says of the entity tag of <see cref="NumbersResult{T}"/>.</summary>
internal static class NumbersTag
{
    public static readonly ApiField Header = new(
        "ETag",
        "Covers all numbers but not the instant they were taken at.",
        ApiValue.Text("W/\"5f0c8e9a4b570190d5f25c1e7a33b1d2\"")
    );
}
