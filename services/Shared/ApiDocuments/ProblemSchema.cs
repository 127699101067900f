using System.Text.Json.Nodes;
using Microsoft.OpenApi;

namespace PortalServices.ApiDocuments;

/// <summary>The document that every failed request is answered with, as <c>Problem.Of</c> writes it.</summary>
internal static class ProblemSchema
{
    public const string Name = "Problem";

    public static OpenApiSchema Create() =>
        new()
        {
            Type = JsonSchemaType.Object,
            Description = "What went wrong (RFC 9457). Decide by `code`.",
            Required = new HashSet<string> { "type", "title", "status", "code", "traceId" },
            Properties = new Dictionary<string, IOpenApiSchema>
            {
                ["type"] = Text("Names the kind of problem: `urn:portal-services:problem:` and the code.", "uri"),
                ["title"] = Text("One sentence for a person, in Vietnamese or English by `Accept-Language`."),
                ["status"] = new OpenApiSchema
                {
                    Type = JsonSchemaType.Integer,
                    Format = "int32",
                    Description = "The status of the reply.",
                },
                ["code"] = Text("Stable; what a program decides by."),
                ["detail"] = Text("A fact of this one request that helps to mend it: a name, a limit."),
                ["errors"] = new OpenApiSchema
                {
                    Type = JsonSchemaType.Object,
                    Description = "What is wrong field by field.",
                    AdditionalProperties = new OpenApiSchema
                    {
                        Type = JsonSchemaType.Array,
                        Items = new OpenApiSchema { Type = JsonSchemaType.String },
                    },
                },
                ["traceId"] = Text("Finds the request in the logs."),
            },
        };

    public static OpenApiExample ExampleOf(ProblemCode problem) =>
        new()
        {
            Summary = problem.English,
            Value = new JsonObject
            {
                ["type"] = $"urn:portal-services:problem:{problem.Code}",
                ["title"] = problem.English,
                ["status"] = problem.Status,
                ["code"] = problem.Code,
                ["traceId"] = "0af7651916cd43dd8448eb211c80319c",
            },
        };

    private static OpenApiSchema Text(string description, string? format = null) =>
        new()
        {
            Type = JsonSchemaType.String,
            Format = format,
            Description = description,
        };
}
