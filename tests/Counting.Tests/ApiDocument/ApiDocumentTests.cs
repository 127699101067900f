using System.Reflection;
using System.Text.Json;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.OpenApi;
using PortalServices.Counting.ApiDocument;
using PortalServices.Counting.Tests.Fixtures;
using PortalServices.InProcess;
using PortalServices.OperatorAccess;
using PortalServices.ServiceDefaults;

namespace PortalServices.Counting.Tests.ApiDocument;

/// <summary>The document says all that counting does, and nothing else.</summary>
public sealed class ApiDocumentTests(StoreFixture store)
{
    private const string Address = "/openapi/counting.json";

    [Fact]
    public async Task Every_route_is_in_the_document_and_every_operation_of_it_is_a_route()
    {
        await using var app = await StartAsync();
        var mapped = app.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Where(route => route.RoutePattern.RawText != Address)
            .SelectMany(route => route.Metadata.GetMetadata<HttpMethodMetadata>()!.HttpMethods.Select(method => $"{method} {route.RoutePattern.RawText}"));

        var told = from path in (await ReadAsync(app)).GetProperty("paths").EnumerateObject()
                   from operation in path.Value.EnumerateObject()
                   select $"{operation.Name.ToUpperInvariant()} {path.Name}";

        Assert.Equal(mapped.Order(StringComparer.Ordinal), told.Order(StringComparer.Ordinal));
        Assert.Equal(CountingDocument.Description.Operations.Count, CountingDocument.Description.Operations.Select(operation => operation.Id).Distinct().Count());
    }

    [Fact]
    public async Task It_is_OpenAPI_3_1_without_a_mistake()
    {
        await using var app = await StartAsync();
        using var reply = await app.GetAsync(Door.Operators, Address);
        var text = await reply.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        var read = OpenApiDocument.Parse(text, OpenApiConstants.Json);
        Assert.Empty(read.Diagnostic!.Errors.Select(error => $"{error.Pointer}: {error.Message}"));
        Assert.Empty(read.Diagnostic.Warnings.Select(warning => $"{warning.Pointer}: {warning.Message}"));
        Assert.Equal(OpenApiSpecVersion.OpenApi3_1, read.Diagnostic.SpecificationVersion);
        Assert.DoesNotContain(app.At(Door.Operators).Authority, text, StringComparison.Ordinal);
        Assert.DoesNotContain("\"servers\"", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_code_of_counting_is_told_of_some_route_and_every_code_told_is_declared()
    {
        var declared = new[] { typeof(CountingProblems), typeof(CommonProblems), typeof(OperatorProblems) }.ToDictionary(type => type, type =>
            type.GetFields(BindingFlags.Public | BindingFlags.Static).Select(field => field.GetValue(null)).OfType<ProblemCode>().ToList());
        var told = CountingDocument.Description.Operations.SelectMany(operation => operation.Problems).Distinct().ToList();

        Assert.Empty(declared[typeof(CountingProblems)].Except(told));
        Assert.Empty(told.Except(declared.Values.SelectMany(codes => codes)));
        Assert.All(CountingDocument.Description.Operations, operation => Assert.Equal(operation.Problems, operation.Problems.Distinct()));
    }

    [Fact]
    public async Task Every_number_is_an_integer_and_nothing_is_null()
    {
        await using var app = await StartAsync();
        var types = Descendants(await ReadAsync(app))
            .Where(element => element.ValueKind == JsonValueKind.Object && element.TryGetProperty("type", out _))
            .Select(element => element.GetProperty("type").ToString());
        Assert.DoesNotContain(types, type => type is "number" or "null" || type.StartsWith('['));
    }

    [Fact]
    public async Task It_is_asked_for_again_with_its_tag_and_answers_HEAD()
    {
        await using var app = await StartAsync();
        using var first = await app.GetAsync(Door.Operators, Address);
        using var again = await app.GetAsync(Door.Operators, Address, ("If-None-Match", first.Headers.ETag!.ToString()));
        using var head = await app.SendAsync(Door.Operators, HttpMethod.Head, Address);
        Assert.Equal((200, 304, 200), ((int)first.StatusCode, (int)again.StatusCode, (int)head.StatusCode));
        Assert.Equal(first.Content.Headers.ContentLength, head.Content.Headers.ContentLength);
        Assert.Equal("application/json", first.Content.Headers.ContentType!.MediaType);
    }

    private Task<TestApp> StartAsync() => TestApp.StartAsync(
        builder => builder.AddOperatorAccess().AddCounting(),
        app => app.MapCounting(),
        $"--ConnectionStrings:redis={store.Redis.Address}", "--Counting:VisitorSecret=a secret of the tests, 32 characters and more", "--Counting:TrustStoreSettings=true");

    private static async Task<JsonElement> ReadAsync(TestApp app)
    {
        using var reply = await app.GetAsync(Door.Operators, Address);
        Assert.Equal(200, (int)reply.StatusCode);
        return JsonElement.Parse(await reply.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    private static IEnumerable<JsonElement> Descendants(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => element.EnumerateObject().SelectMany(member => Descendants(member.Value)).Prepend(element),
        JsonValueKind.Array => element.EnumerateArray().SelectMany(Descendants),
        _ => [],
    };
}
