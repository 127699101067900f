using System.Globalization;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using PortalServices.Http.Json;

namespace PortalServices.ApiDocuments;

/// <summary>Writes one route into the document.</summary>
internal static class OperationWriter
{
    private const string Json = "application/json";

    public static async Task WriteAsync(
        OpenApiOperation operation,
        OpenApiOperationTransformerContext context,
        CancellationToken cancellationToken
    )
    {
        var (route, document) = (RouteOperation.Of(context.Description), context.Document!);
        var isHead = HttpMethods.IsHead(context.Description.HttpMethod!);
        operation.OperationId = isHead ? $"{route.Id}Head" : route.Id;
        operation.Summary = isHead ? $"{route.Summary.TrimEnd('.')}: only the headers." : route.Summary;
        operation.Description = Description(route);
        operation.Tags = new HashSet<OpenApiTagReference> { new(route.Tag, document) };
        var (body, fields) = route.Body is null ? (null, []) : await BodyAsync(route.Body, context, cancellationToken);
        operation.RequestBody = body;
        operation.Parameters =
        [
            .. route.Path.Select(field => field.ToParameter(ParameterLocation.Path)),
            .. route.Query.Select(field => field.ToParameter(ParameterLocation.Query)),
            .. (route.Body?.IsTextOrQueryToo == true ? fields : []).Select(field =>
                field.Optional().ToParameter(ParameterLocation.Query)
            ),
            .. route.Headers.Select(field => field.ToParameter(ParameterLocation.Header)),
        ];
        operation.Responses = Responses(route, operation.Responses ?? [], document, isHead);
        // Without any it would be left open whether a key is needed.
        operation.Security = route.Scope is null
            ? []
            : [new() { [new OpenApiSecuritySchemeReference(DocumentWriter.SecurityScheme, document)] = [route.Scope] }];
        operation.Servers = route.Scope is null ? null : [DocumentWriter.OperatorsDoor];
    }

    private static string? Description(ApiOperation route) =>
        route.Scope is null
            ? route.Description
            : $"{route.Description} Needs a key with the scope `{route.Scope}`.".TrimStart();

    private static async Task<(OpenApiRequestBody Body, IReadOnlyList<ApiField> Fields)> BodyAsync(
        ApiBody body,
        OpenApiOperationTransformerContext context,
        CancellationToken cancellationToken
    )
    {
        var name = body.Name;
        var schema = await context.GetOrCreateSchemaAsync(body.Type, null, cancellationToken);
        var fields = InputFields.Of(body.Type, schema);
        schema.Properties = fields.ToDictionary(field => field.Name, IOpenApiSchema (field) => field.ToProperty());
        // A patch names what it changes.
        schema.Required = fields
            .Where(field => field.IsRequired && !body.IsMergePatch)
            .Select(field => field.Name)
            .ToHashSet();
        context.Document!.AddComponent(name, schema);

        var example = ApiValue.ExampleOf(fields);
        string[] types = body.IsMergePatch ? [Json, JsonMergePatch.MediaType] : [Json];
        var content = types.ToDictionary(
            type => type,
            _ => new OpenApiMediaType { Schema = new OpenApiSchemaReference(name, context.Document), Example = example }
        );
        if (body.IsTextOrQueryToo)
        {
            content["text/plain"] = new OpenApiMediaType
            {
                Schema = new OpenApiSchema
                {
                    Type = JsonSchemaType.String,
                    Description = $"The JSON of `{name}`: what a page can send without asking first.",
                },
                Example = example.ToJsonString(PortalJson.Options),
            };
        }
        if (body.Form.Count > 0)
        {
            var form = ApiValue.Record([
                .. fields.Where(field => field.Schema.Type != JsonSchemaType.Object),
                .. body.Form,
            ]);
            form.AdditionalPropertiesAllowed = true;
            content["application/x-www-form-urlencoded"] = new OpenApiMediaType { Schema = form };
        }

        return (new OpenApiRequestBody { Required = !body.IsOptional, Content = content }, fields);
    }

    private static OpenApiResponses Responses(
        ApiOperation route,
        OpenApiResponses generated,
        OpenApiDocument document,
        bool isHead
    )
    {
        var responses = new OpenApiResponses();
        foreach (var reply in route.Replies)
        {
            var schema =
                reply.TextType is not null ? new OpenApiSchema { Type = JsonSchemaType.String }
                : reply.BinaryType is not null ? new OpenApiSchema { Type = JsonSchemaType.String, Format = "binary" }
                : generated.TryGetValue(Key(reply.Status), out var made) ? made.Content?[Json].Schema
                : null;
            responses[Key(reply.Status)] = new OpenApiResponse
            {
                Description = reply.Description,
                Headers = Headers(reply.Headers),
                Content =
                    schema is null || isHead
                        ? null
                        : new Dictionary<string, OpenApiMediaType>
                        {
                            [reply.TextType ?? reply.BinaryType ?? Json] = new OpenApiMediaType { Schema = schema },
                        },
            };
        }

        foreach (
            var status in route
                .Problems.GroupBy(problem => problem.Status, problem => problem.Code)
                .OrderBy(status => status.Key)
        )
        {
            responses[Key(status.Key)] = ProblemResponses.Of(
                status.Key,
                [.. status],
                route.RetriedStatuses.Contains(status.Key),
                document,
                isHead
            );
        }
        responses["default"] = ProblemResponses.Other(document, isHead);
        return responses;
    }

    public static Dictionary<string, IOpenApiHeader>? Headers(params IReadOnlyList<ApiField> headers) =>
        headers.Count == 0
            ? null
            : headers.ToDictionary(header => header.Name, IOpenApiHeader (header) => header.ToHeader());

    private static string Key(int status) => status.ToString(CultureInfo.InvariantCulture);
}
