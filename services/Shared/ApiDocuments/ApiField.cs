using Microsoft.OpenApi;

namespace PortalServices.ApiDocuments;

/// <summary>A value that a client sends: a part of the address, a header, or a field of a body.</summary>
/// <param name="Name">As it is sent.</param>
/// <param name="Description">What it means, in one or two sentences.</param>
/// <param name="Schema">Its type, bounds, default and example; <see cref="ApiValue"/> makes them.</param>
public sealed record ApiField(string Name, string Description, OpenApiSchema Schema)
{
    /// <summary>Whether a request without it is refused.</summary>
    public bool IsRequired { get; private init; }

    /// <summary>The same field where it is required.</summary>
    public ApiField Required() => this with { IsRequired = true };

    internal ApiField Optional() => this with { IsRequired = false };

    internal OpenApiParameter ToParameter(ParameterLocation place) =>
        new()
        {
            Name = Name,
            In = place,
            Description = Description,
            Required = IsRequired || place == ParameterLocation.Path,
            Schema = Schema,
        };

    internal OpenApiHeader ToHeader() => new() { Description = Description, Schema = Schema };

    internal OpenApiSchema ToProperty()
    {
        var property = (OpenApiSchema)Schema.CreateShallowCopy();
        property.Description = Description;
        return property;
    }
}
