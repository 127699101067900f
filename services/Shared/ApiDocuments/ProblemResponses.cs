using Microsoft.OpenApi;

namespace PortalServices.ApiDocuments;

/// <summary>The failed answers of a route: by status, each with its codes.</summary>
internal static class ProblemResponses
{
    private const string OtherName = "other";

    private static readonly ApiField RetryAfter = new(
        "Retry-After",
        "Seconds after which to try again.",
        ApiValue.WholeNumber(1, least: 1)
    );

    private static readonly ApiField PresentVersion = new(
        "ETag",
        "The present version, where there is one.",
        ApiValue.Text("\"8\"")
    );

    /// <summary>
    /// The answer of a status. One with a single code is the same on every route, and stands in the document once.
    /// </summary>
    public static IOpenApiResponse Of(
        int status,
        IReadOnlyList<string> codes,
        bool isRetried,
        OpenApiDocument document,
        bool isHead
    )
    {
        var response = new OpenApiResponse
        {
            Description = string.Join(", ", codes.Select(code => $"`{code}`")),
            Headers = status switch
            {
                StatusCodes.Status412PreconditionFailed => OperationWriter.Headers(PresentVersion),
                StatusCodes.Status503ServiceUnavailable or StatusCodes.Status504GatewayTimeout =>
                    OperationWriter.Headers(RetryAfter),
                _ when isRetried => OperationWriter.Headers(RetryAfter),
                _ => null,
            },
        };
        return isHead ? response
            : codes.Count == 1 ? Shared(codes[0], WithContent(response, codes, document), document)
            : WithContent(response, codes, document);
    }

    /// <summary>What is not told of the route itself, because the way to it answers so.</summary>
    public static IOpenApiResponse Other(OpenApiDocument document, bool isHead)
    {
        var response = new OpenApiResponse { Description = "Another failure on the way, such as 429 `rate_limited`." };
        return isHead ? response : Shared(OtherName, WithContent(response, [], document), document);
    }

    private static OpenApiResponse WithContent(
        OpenApiResponse response,
        IEnumerable<string> codes,
        OpenApiDocument document
    )
    {
        response.Content = new Dictionary<string, OpenApiMediaType>
        {
            ["application/problem+json"] = new()
            {
                Schema = new OpenApiSchemaReference(ProblemSchema.Name, document),
                Examples = codes.ToDictionary(
                    code => code,
                    IOpenApiExample (code) => new OpenApiExampleReference(code, document)
                ),
            },
        };
        return response;
    }

    private static OpenApiResponseReference Shared(string name, OpenApiResponse response, OpenApiDocument document)
    {
        document.AddComponent<IOpenApiResponse>(name, response);
        return new OpenApiResponseReference(name, document);
    }
}
