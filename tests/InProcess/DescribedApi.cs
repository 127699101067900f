using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.OpenApi;
using PortalServices.ServiceDefaults.Doors;

namespace PortalServices.InProcess;

/// <summary>An application beside the API document that it shows.</summary>
/// <param name="app">The application, with the routes of one document.</param>
/// <param name="name">The document's name.</param>
public sealed partial class DescribedApi(TestApp app, string name)
{
    /// <summary>Where the document is.</summary>
    public string Address => $"/openapi/{name}.json";

    /// <summary>The document as it is sent.</summary>
    public async Task<string> TextAsync()
    {
        using var reply = await app.GetAsync(Door.Operators, Address);
        return await reply.EnsureSuccessStatusCode().Content.ReadAsStringAsync();
    }

    /// <summary>The document.</summary>
    public async Task<JsonElement> ReadAsync() => JsonElement.Parse(await TextAsync());

    /// <summary>What is mapped, such as <c>GET /api/sites/{site}/articles</c>, in order.</summary>
    public IReadOnlyList<string> Mapped() =>
        [
            .. app
                .Services.GetRequiredService<EndpointDataSource>()
                .Endpoints.OfType<RouteEndpoint>()
                .Where(route => route.RoutePattern.RawText != Address)
                .SelectMany(route =>
                    route
                        .Metadata.GetMetadata<HttpMethodMetadata>()!
                        .HttpMethods.Select(method =>
                            $"{method} {Constraint().Replace(route.RoutePattern.RawText!, "}")}"
                        )
                )
                .Order(StringComparer.Ordinal),
        ];

    /// <summary>What the document tells of, in the same words and order.</summary>
    public async Task<IReadOnlyList<string>> ToldAsync() =>
        [
            .. (
                from path in (await ReadAsync()).GetProperty("paths").EnumerateObject()
                from operation in path.Value.EnumerateObject()
                select $"{operation.Name.ToUpperInvariant()} {path.Name}"
            ).Order(StringComparer.Ordinal),
        ];

    /// <summary>Whatever is wrong with it as a document of OpenAPI 3.1, or tells where it was written.</summary>
    public async Task<IReadOnlyList<string>> MistakesAsync()
    {
        var text = await TextAsync();
        var read = OpenApiDocument.Parse(text, OpenApiConstants.Json);
        var ids = read.Document!.Paths.SelectMany(path => path.Value.Operations!.Values)
            .Select(operation => operation.OperationId!)
            .ToList();
        return
        [
            .. read.Diagnostic!.Errors.Concat(read.Diagnostic.Warnings)
                .Select(mistake => $"{mistake.Pointer}: {mistake.Message}"),
            .. ids.GroupBy(id => id)
                .Where(same => same.Count() > 1)
                .Select(same => $"{same.Key} names several operations."),
            .. read.Diagnostic.SpecificationVersion == OpenApiSpecVersion.OpenApi3_1
                ? []
                : new[] { "It is not OpenAPI 3.1." },
            .. text.Contains(app.At(Door.Operators).Authority, StringComparison.Ordinal)
                ? ["It tells where it was written."]
                : (string[])[],
            .. read.Document.Info.License?.Name is null ? ["It has no license."] : (string[])[],
            .. read.Document.Servers is [{ Url: "{publicDoor}", Variables.Count: 1 }]
                ? (string[])[]
                : ["It does not name the public door."],
            .. from path in (await ReadAsync()).GetProperty("paths").EnumerateObject()
            from operation in path.Value.EnumerateObject()
            where !IsSecurityTold(path.Name, operation.Value)
            select $"{operation.Name} {path.Name} does not say which key it needs, and at which door.",
        ];
    }

    // Of the public ones that they need none.
    private static bool IsSecurityTold(string path, JsonElement operation)
    {
        var isOperators = path.StartsWith("/api/operator/", StringComparison.Ordinal);
        return operation.TryGetProperty("security", out var security)
            && security.GetArrayLength() == (isOperators ? 1 : 0)
            && operation.TryGetProperty("servers", out var servers) == isOperators
            && (!isOperators || servers[0].GetProperty("url").GetString() == "{operatorsDoor}");
    }

    /// <summary>The codes of the problems that it tells of.</summary>
    public async Task<IReadOnlyList<string>> CodesAsync()
    {
        var document = await ReadAsync();
        return
        [
            .. (
                from path in document.GetProperty("paths").EnumerateObject()
                from operation in path.Value.EnumerateObject()
                from response in operation.Value.GetProperty("responses").EnumerateObject()
                from code in CodesOf(document, response.Value)
                select code
            ).Distinct(),
        ];
    }

    /// <summary>The different types in it.</summary>
    public async Task<IReadOnlyList<string>> TypesAsync() =>
        [
            .. Descendants(await ReadAsync())
                .Where(element => element.ValueKind == JsonValueKind.Object && element.TryGetProperty("type", out _))
                .Select(element => element.GetProperty("type").ToString())
                .Where(type => !type.StartsWith("urn:", StringComparison.Ordinal))
                .Distinct(),
        ];

    /// <summary>Statuses of the first time that it is asked for, of asking with its tag, and of HEAD.</summary>
    public async Task<(int First, int Again, int Head)> StatusesAsync()
    {
        using var first = await app.GetAsync(Door.Operators, Address);
        using var again = await app.GetAsync(
            Door.Operators,
            Address,
            ("If-None-Match", first.Headers.ETag!.ToString())
        );
        using var head = await app.SendAsync(Door.Operators, HttpMethod.Head, Address);
        return (
            (int)first.StatusCode,
            (int)again.StatusCode,
            head.Content.Headers.ContentLength == first.Content.Headers.ContentLength ? (int)head.StatusCode : 0
        );
    }

    private static IEnumerable<string> CodesOf(JsonElement document, JsonElement response)
    {
        var told = response.TryGetProperty("$ref", out var reference)
            ? reference.GetString()!.Split('/').Skip(1).Aggregate(document, (at, name) => at.GetProperty(name))
            : response;
        return
            told.TryGetProperty("content", out var content)
            && content.TryGetProperty("application/problem+json", out var problem)
            && problem.TryGetProperty("examples", out var examples)
            ? examples.EnumerateObject().Select(example => example.Name)
            : [];
    }

    private static IEnumerable<JsonElement> Descendants(JsonElement element) =>
        element.ValueKind switch
        {
            JsonValueKind.Object => element
                .EnumerateObject()
                .SelectMany(member => Descendants(member.Value))
                .Prepend(element),
            JsonValueKind.Array => element.EnumerateArray().SelectMany(Descendants),
            _ => [],
        };

    [GeneratedRegex(@":[a-z]+\}")]
    private static partial Regex Constraint();
}
