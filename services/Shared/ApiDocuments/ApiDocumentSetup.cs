using System.IO.Hashing;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.Net.Http.Headers;
using Microsoft.OpenApi;

namespace PortalServices.ApiDocuments;

/// <summary>The OpenAPI document of a service.</summary>
public static class ApiDocumentSetup
{
    /// <summary>
    /// Writes the document from a description. To be called within the service's own <c>AddOpenApi</c>, so that the
    /// comments of its types are found.
    /// </summary>
    public static void DescribedBy(this OpenApiOptions options, ApiDescription description)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(description);
        options.OpenApiVersion = OpenApiSpecVersion.OpenApi3_1;
        // Several services of one process have a document each.
        options.ShouldInclude = route => route.GroupName == description.Name;
        options.AddOperationTransformer(OperationWriter.WriteAsync);
        options.AddDocumentTransformer(
            (document, context, _) =>
            {
                DocumentWriter.Write(
                    document,
                    description,
                    [
                        .. context
                            .DescriptionGroups.SelectMany(group => group.Items)
                            .Where(route => route.GroupName == description.Name)
                            .Select(RouteOperation.Of),
                    ]
                );
                return Task.CompletedTask;
            }
        );
    }

    /// <summary>
    /// Maps the document. It is the same until the process ends, so it is written once, when it is first asked for.
    /// </summary>
    public static IEndpointRouteBuilder MapApiDocument(this IEndpointRouteBuilder routes, ApiDescription description)
    {
        ArgumentNullException.ThrowIfNull(routes);
        ArgumentNullException.ThrowIfNull(description);
        var provider = routes.ServiceProvider.GetRequiredKeyedService<IOpenApiDocumentProvider>(description.Name);
        var document = new Lazy<Task<(byte[] Json, EntityTagHeaderValue Tag)>>(() => WriteAsync(provider));
        routes.MapRead(
            $"/openapi/{description.Name}.json",
            async Task<FileContentHttpResult> (HttpResponse response) =>
            {
                var (json, tag) = await document.Value;
                response.Headers.CacheControl = "no-cache";
                return TypedResults.Bytes(json, "application/json; charset=utf-8", entityTag: tag);
            }
        );
        return routes;
    }

    private static async Task<(byte[] Json, EntityTagHeaderValue Tag)> WriteAsync(IOpenApiDocumentProvider provider)
    {
        var document = await provider.GetOpenApiDocumentAsync();
        using var json = new MemoryStream();
        await document.SerializeAsJsonAsync(json, OpenApiSpecVersion.OpenApi3_1);
        json.WriteByte((byte)'\n');
        var bytes = json.ToArray();
        return (bytes, new EntityTagHeaderValue($"\"{Convert.ToHexStringLower(XxHash128.Hash(bytes))}\""));
    }
}
