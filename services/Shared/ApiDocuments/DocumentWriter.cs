using System.Text.Json.Nodes;
using Microsoft.OpenApi;

namespace PortalServices.ApiDocuments;

/// <summary>Writes what belongs to the document as a whole.</summary>
internal static class DocumentWriter
{
    public const string SecurityScheme = "operatorKey";

    private static OpenApiServer PublicDoor => Server("publicDoor", "http://localhost:8080", "The public door.");

    /// <summary>Where the operations are that need a key.</summary>
    public static OpenApiServer OperatorsDoor =>
        Server("operatorsDoor", "http://localhost:8081", "The operators' door.");

    public static void Write(
        OpenApiDocument document,
        ApiDescription description,
        IReadOnlyList<ApiOperation> operations
    )
    {
        document.Info = new OpenApiInfo
        {
            Title = description.Title,
            Version = "1",
            Description = description.Summary,
            License = new OpenApiLicense { Name = "MIT License", Identifier = "MIT" },
        };
        document.Servers = [PublicDoor];
        document.Tags = new HashSet<OpenApiTag>(
            description.Tags.Select(tag => new OpenApiTag { Name = tag.Name, Description = tag.Description })
        );

        var schemas = document.Components!.Schemas!;
        var sent = operations.Select(operation => operation.Body?.Name).ToHashSet();
        foreach (var (name, schema) in schemas.Select(each => (each.Key, each.Value as OpenApiSchema)))
        {
            if (schema is null)
            {
                continue;
            }
            if (!sent.Contains(name))
            {
                LeaveOutNulls(schema);
            }
            schema.Description = OneLine(schema.Description);
            if (schema.Enum is { Count: > 0 })
            {
                schema.Type ??= JsonSchemaType.String;
            }
        }

        // A property that is a reference has the description of its target, unless it has one of its own.
        foreach (
            var property in schemas
                .Values.SelectMany(schema => schema.Properties?.Values ?? [])
                .Where(property => property.Description?.Contains('\n', StringComparison.Ordinal) == true)
        )
        {
            property.Description = OneLine(property.Description);
        }

        foreach (var (type, field, words) in description.Words)
        {
            NameWords((OpenApiSchema)schemas[type].Properties![field], words);
        }

        document.AddComponent(ProblemSchema.Name, ProblemSchema.Create());
        foreach (
            var problem in operations
                .SelectMany(operation => operation.Problems)
                .Distinct()
                .OrderBy(problem => problem.Code, StringComparer.Ordinal)
        )
        {
            document.AddComponent<IOpenApiExample>(problem.Code, ProblemSchema.ExampleOf(problem));
        }
        if (operations.Any(operation => operation.Scope is not null))
        {
            document.AddComponent<IOpenApiSecurityScheme>(
                SecurityScheme,
                new OpenApiSecurityScheme
                {
                    Type = SecuritySchemeType.Http,
                    Scheme = "bearer",
                    Description =
                        "An operator's key, which begins with `ps_`; only at the operators' door. What it may do are its scopes and sites.",
                }
            );
        }
    }

    /// <summary>Comments are broken into lines as the source is.</summary>
    public static string? OneLine(string? comment) =>
        comment is null ? null : string.Join(' ', comment.Split('\n', StringSplitOptions.TrimEntries));

    private static OpenApiServer Server(string name, string address, string description) =>
        new()
        {
            Url = $"{{{name}}}",
            Description = description,
            Variables = new Dictionary<string, OpenApiServerVariable>
            {
                [name] = new() { Default = address, Description = "Its address, as it is set." },
            },
        };

    /// <summary>The words that a text is one of, or that are the keys of a map.</summary>
    private static void NameWords(OpenApiSchema field, IEnumerable<string> words)
    {
        if (field.AdditionalProperties is not { } value)
        {
            field.Enum = [.. words.Select(word => JsonValue.Create(word))];
        }
        else
        {
            (field.Properties, field.Required, field.AdditionalProperties) = (
                words.ToDictionary(word => word, _ => value),
                words.ToHashSet(),
                null
            );
        }
    }

    /// <summary>
    /// A field without a value is left out of an answer; it is never null, and every other field is always there.
    /// </summary>
    private static void LeaveOutNulls(OpenApiSchema schema)
    {
        if (schema.Properties is not { Count: > 0 } properties)
        {
            return;
        }
        schema.Required = new HashSet<string>();
        foreach (var (name, property) in properties.ToList())
        {
            if (WithoutNull(property) is { } present)
            {
                properties[name] = present;
            }
            else
            {
                schema.Required.Add(name);
            }
        }
    }

    private static IOpenApiSchema? WithoutNull(IOpenApiSchema property)
    {
        if (property is OpenApiSchema { Type: { } type } plain && type.HasFlag(JsonSchemaType.Null))
        {
            plain.Type = type & ~JsonSchemaType.Null;
            return plain;
        }

        return property.OneOf?.FirstOrDefault(choice => choice.Type != JsonSchemaType.Null);
    }
}
