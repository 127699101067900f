namespace PortalServices.ApiDocuments;

/// <summary>
/// How an API document describes one route. Handlers read addresses and bodies themselves, and what they accept and
/// answer is not for the framework to guess: <see cref="RouteContract"/> says it beside the route.
/// </summary>
/// <param name="Tag">The chapter of the document.</param>
internal sealed record ApiOperation(string Tag)
{
    /// <summary>Names the operation in generated clients.</summary>
    public string Id { get; init; } = "";

    public string Summary { get; init; } = "";

    public string? Description { get; init; }

    /// <summary>The parts of its path that vary.</summary>
    public IReadOnlyList<ApiField> Path { get; init; } = [];

    public IReadOnlyList<ApiField> Query { get; init; } = [];

    public IReadOnlyList<ApiField> Headers { get; init; } = [];

    /// <summary>The body it reads; none when null.</summary>
    public ApiBody? Body { get; init; }

    /// <summary>Its answers when all is well.</summary>
    public IReadOnlyList<ApiReply> Replies { get; init; } = [];

    /// <summary>Everything else that it answers.</summary>
    public IReadOnlyList<ProblemCode> Problems { get; init; } = [];

    /// <summary>Statuses, besides those of servers, of which some codes say when to try again.</summary>
    public IReadOnlyList<int> RetriedStatuses { get; init; } = [];

    /// <summary>The scope that the operator's key must hold; null for a route that is open to all.</summary>
    public string? Scope { get; init; }

    /// <summary>Parameters beside a route, of which its address says where they stand.</summary>
    public IReadOnlyList<ApiField> Fields { get; init; } = [];

    /// <summary>The entity tag by which a reader can ask whether it has changed; null for none.</summary>
    public ApiField? EntityTag { get; init; }

    /// <summary>Whether the JSON of a reply has a version.</summary>
    public bool HasVersion { get; init; }
}

/// <summary>A JSON object that is sent, as the record that says its fields.</summary>
internal sealed record ApiBody(Type Type)
{
    /// <summary>Its schema's name, where that is not the type's.</summary>
    public string Name { get; init; } = Type.Name;

    /// <summary>Whether it is a merge patch (RFC 7396), which may be declared as plain JSON, too.</summary>
    public bool IsMergePatch { get; init; }

    public bool IsOptional { get; init; }

    /// <summary>Whether it may be declared as <c>text/plain</c> too, or its fields stand in the address.</summary>
    public bool IsTextOrQueryToo { get; init; }

    /// <summary>
    /// What the form of a page without scripts has beside its texts; other fields are no mistake there. None where no
    /// form is read.
    /// </summary>
    public IReadOnlyList<ApiField> Form { get; init; } = [];
}

/// <summary>An answer: with JSON of a type, a text or bytes of a media type, or without a body.</summary>
internal sealed record ApiReply(int Status, string Description, Type? Type = null)
{
    public string? TextType { get; init; }

    public string? BinaryType { get; init; }

    /// <summary>Headers that a caller is to heed.</summary>
    public IReadOnlyList<ApiField> Headers { get; init; } = [];
}
