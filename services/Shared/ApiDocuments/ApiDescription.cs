namespace PortalServices.ApiDocuments;

/// <summary>What the API document of a service is written from.</summary>
/// <param name="Name">The document is <c>/openapi/{Name}.json</c>.</param>
/// <param name="Title">Its title.</param>
/// <param name="Summary">What the service is for.</param>
public sealed record ApiDescription(string Name, string Title, string Summary)
{
    /// <summary>Its chapters in order, each with what it is about.</summary>
    public required IReadOnlyList<(string Name, string Description)> Tags { get; init; }

    /// <summary>Texts in answers that are one of a few words: the name of the type, the field, the words.</summary>
    public IReadOnlyList<(string Type, string Field, IEnumerable<string> Words)> Words { get; init; } = [];
}
