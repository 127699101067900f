namespace PortalServices.ApiDocuments;

/// <summary>What is sent to the routes of every service, and comes back from them.</summary>
public static class ApiFields
{
    /// <summary>The site in an address.</summary>
    public static ApiField SiteId { get; } =
        new("site", "The site's id.", ApiValue.Text("sonla", pattern: "^[a-z0-9][a-z0-9-]{0,31}$"));

    /// <summary>Which part of a list, as <see cref="Paging"/> reads it.</summary>
    public static ApiField Page { get; } =
        new("page", "The page of the list.", ApiValue.WholeNumber(1, 1, Paging.MaxPage, 1));

    /// <summary>How large the parts of a list are, as <see cref="Paging"/> reads it.</summary>
    public static ApiField PageSize { get; } =
        new(
            "pageSize",
            "Items on a page.",
            ApiValue.WholeNumber(Paging.UsualSize, 1, Paging.MaxSize, Paging.UsualSize)
        );

    /// <summary>A part of what is no text.</summary>
    public static ApiField Range { get; } =
        new("Range", "A part of it; one that it does not have is answered with the whole.", ApiValue.Text("bytes=0-1"));

    /// <summary>The entity tag of what is read.</summary>
    public static ApiField Tag { get; } =
        new("ETag", "Covers all that is answered.", ApiValue.Text("\"5f0c8e9a4b570190d5f25c1e\""));

    internal static ApiField IfNoneMatch(ApiField tag) =>
        new("If-None-Match", "The entity tags that the caller holds.", tag.Schema);

    /// <summary>What an editor has read, as <see cref="Http.Requests.IfMatch"/> compares it.</summary>
    public static ApiField IfMatch { get; } =
        new("If-Match", "The `ETag` that was read before; `*` for whatever is there.", ApiValue.Text("\"7\""));

    /// <summary>The version of what an editor reads, as <see cref="Http.Requests.IfMatch"/> reads it.</summary>
    public static ApiField Version { get; } =
        new("ETag", "The version, to be sent as `If-Match` with a change.", ApiValue.Text("\"7\""));

    /// <summary>Where something is.</summary>
    public static ApiField Location(string description, string example) =>
        new("Location", description, ApiValue.Text(example));
}
