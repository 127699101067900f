namespace PortalServices.ApiDocuments;

/// <summary>
/// How an API document describes one route. Handlers read addresses and bodies themselves, and what they accept and
/// answer is not for the framework to guess: <see cref="RouteContract"/> says it beside the route.
/// </summary>
/// <param name="Method">Its method; a route for reading (GET) is described for HEAD too.</param>
/// <param name="Route">Its pattern, as it is mapped.</param>
/// <param name="Id">Names the operation in generated clients.</param>
/// <param name="Summary">What it does, in one sentence.</param>
public sealed record ApiOperation(string Method, string Route, string Id, string Summary)
{
    /// <summary>What else a caller must know.</summary>
    public string? Description { get; init; }

    /// <summary>The chapter of the document.</summary>
    public required string Tag { get; init; }

    /// <summary>The parts of its path that vary.</summary>
    public required IReadOnlyList<ApiField> Path { get; init; }

    /// <summary>Parameters of its address.</summary>
    public IReadOnlyList<ApiField> Query { get; init; } = [];

    /// <summary>Request headers that it heeds.</summary>
    public IReadOnlyList<ApiField> Headers { get; init; } = [];

    /// <summary>The body it reads; none when null.</summary>
    internal ApiBody? Body { get; init; }

    /// <summary>Its answers when all is well.</summary>
    public required IReadOnlyList<ApiReply> Replies { get; init; }

    /// <summary>Everything else that it answers.</summary>
    public required IReadOnlyList<ProblemCode> Problems { get; init; }

    /// <summary>Statuses, besides those of servers, of which some codes say when to try again.</summary>
    public IReadOnlyList<int> RetriedStatuses { get; init; } = [];

    /// <summary>The scope that the operator's key must hold; null for a route that is open to all.</summary>
    public string? Scope { get; init; }

    /// <summary>Parameters beside a route, of which its address says where they stand.</summary>
    internal IReadOnlyList<ApiField> Fields { get; init; } = [];

    /// <summary>The entity tag by which a reader can ask whether it has changed; null for none.</summary>
    internal ApiField? EntityTag { get; init; }

    /// <summary>Whether the JSON of a reply has a version.</summary>
    internal bool HasVersion { get; init; }
}

/// <summary>A JSON object that is sent.</summary>
/// <param name="Type">The record it is read into, which says its fields.</param>
internal sealed record ApiBody(Type Type)
{
    /// <summary>Its schema's name, where that is not the type's.</summary>
    public string Name { get; init; } = Type.Name;

    /// <summary>Whether it is a merge patch (RFC 7396), which may be declared as plain JSON, too.</summary>
    public bool IsMergePatch { get; init; }

    /// <summary>Whether it can be left out.</summary>
    public bool IsOptional { get; init; }

    /// <summary>Whether it may be declared as <c>text/plain</c> too, or its fields stand in the address.</summary>
    public bool IsTextOrQueryToo { get; init; }

    /// <summary>
    /// What the form of a page without scripts has beside its texts; other fields are no mistake there. None where no
    /// form is read.
    /// </summary>
    public IReadOnlyList<ApiField> Form { get; init; } = [];
}

/// <summary>An answer.</summary>
/// <param name="Status">Its status.</param>
/// <param name="Description">What it says.</param>
/// <param name="Type">The type that its JSON is written from; null for one without.</param>
public sealed record ApiReply(int Status, string Description, Type? Type = null)
{
    /// <summary>The media type of a text that is not JSON; null for none.</summary>
    public string? TextType { get; init; }

    /// <summary>The media type of what is no text; null for none.</summary>
    public string? BinaryType { get; init; }

    /// <summary>Headers that a caller is to heed.</summary>
    public IReadOnlyList<ApiField> Headers { get; init; } = [];
}
