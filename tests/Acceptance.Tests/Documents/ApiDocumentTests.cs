using System.Net;
using System.Text.Json;
using PortalServices.Acceptance.Tests.Doors;
using PortalServices.Testing;
using PortalServices.Testing.Portal;
using PortalServices.Testing.Shapes;

namespace PortalServices.Acceptance.Tests.Documents;

/// <summary>
/// docs/openapi is what the portal answers, so that a change of an API shows in review. With <c>APPROVE_TEXTS=1</c> in
/// the environment the files are written anew.
/// </summary>
[Usually(Shape.Services)]
public sealed class ApiDocumentTests(Portals portals)
{
    public static TheoryData<Shape, string> Documents =>
        new MatrixTheoryData<Shape, string>(
            // How views travel is in no document.
            LongRun.IsOn
                ? Enum.GetValues<Shape>()
                : [Shape.Standalone, Shape.Services],
            ApprovedDocument.All.Select(document => document.Name)
        );

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory, MemberData(nameof(Documents))]
    public async Task A_document_is_the_approved_text(Shape shape, string name)
    {
        var portal = await portals.InAsync(shape);
        var document = Of(name);
        var reply = await portal.Shape.OperatorsDoor.GetAsync(document.Address, Cancel);
        Assert.Equal((HttpStatusCode.OK, "application/json"), (reply.Status, reply.MediaType));

        var file = document.File;
        if (Environment.GetEnvironmentVariable("APPROVE_TEXTS") == "1")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            await File.WriteAllTextAsync(file, reply.Body, Cancel);
        }

        Assert.Equal(File.Exists(file) ? await File.ReadAllTextAsync(file, Cancel) : "", reply.Body);
    }

    [Theory, EveryShape]
    public async Task The_reference_shows_the_documents_to_operators_without_a_key_and_is_not_there_for_visitors(
        Shape shape
    )
    {
        var portal = await portals.InAsync(shape);
        var page = await portal.Shape.OperatorsDoor.GetAsync("/docs/", Cancel);
        Assert.Equal((HttpStatusCode.OK, "text/html"), (page.Status, page.MediaType));
        string[] addresses = [.. ApprovedDocument.All.Select(document => document.Address)];
        Assert.All(addresses, address => Assert.Contains(address[1..], page.Body, StringComparison.Ordinal));
        foreach (var path in (string[])["/docs", "/docs/", "/docs/scalar.js", .. addresses])
        {
            DoorTests.AssertProblem(HttpStatusCode.NotFound, "not_found", await portal.Public.GetAsync(path, Cancel));
            DoorTests.AssertProblem(
                HttpStatusCode.NotFound,
                "not_found",
                await portal.Shape.ProbeDoor.GetAsync(path, Cancel)
            );
        }
    }

    [Theory, MemberData(nameof(Documents))]
    public async Task A_key_needs_the_scope_that_the_document_names_and_no_other(Shape shape, string name)
    {
        var portal = await portals.InAsync(shape);
        var document = (await portal.Shape.OperatorsDoor.GetAsync(Of(name).Address, Cancel)).Json;
        var operations = (
            from path in document.GetProperty("paths").EnumerateObject()
            from operation in path.Value.EnumerateObject()
            select (Method: operation.Name, Path: path.Name, Scope: ScopeOf(operation.Value))
        ).ToList();

        // Every operation says of itself what it needs; of the public ones, that it is nothing.
        Assert.All(
            from path in document.GetProperty("paths").EnumerateObject()
            from operation in path.Value.EnumerateObject()
            select (path.Name, operation.Value),
            each =>
                Assert.Equal(
                    each.Name.StartsWith("/api/operator/", StringComparison.Ordinal) ? 1 : 0,
                    each.Value.GetProperty("security").GetArrayLength()
                )
        );
        Assert.Equal("MIT", document.GetProperty("info").GetProperty("license").GetProperty("identifier").GetString());
        Assert.Equal("{publicDoor}", document.GetProperty("servers")[0].GetProperty("url").GetString());
        Assert.Equal(
            operations.Where(each => each.Path.StartsWith("/api/operator/", StringComparison.Ordinal)),
            operations.Where(each => each.Scope is not null)
        );
        foreach (var (method, path, scope) in operations.Where(each => each.Scope is not null))
        {
            var refused = await AskAsync(portal, method, path, portal.KeyWithout(scope!));
            Assert.Equal(
                (path, HttpStatusCode.Forbidden, $"Bearer error=\"insufficient_scope\", scope=\"{scope}\""),
                (path, refused.Status, refused.Header("WWW-Authenticate"))
            );
            // What it is told then is the route's own: of nothing, that it is not there, or that something is missing.
            var let = await AskAsync(portal, method, path, portal.KeyWith(scope!));
            Assert.DoesNotContain(
                let.Status,
                (HttpStatusCode[])
                    [HttpStatusCode.Unauthorized, HttpStatusCode.Forbidden, HttpStatusCode.MethodNotAllowed]
            );
            Assert.True(
                (int)let.Status < 500
                    && (method == "head" || let.Status == HttpStatusCode.OK || let.Code != "not_found"),
                $"{method} {path}: {let}"
            );
        }
    }

    private static ApprovedDocument Of(string name) => ApprovedDocument.All.Single(document => document.Name == name);

    private static string? ScopeOf(JsonElement operation) =>
        operation.TryGetProperty("security", out var security) && security.GetArrayLength() > 0
            ? security[0].GetProperty("operatorKey")[0].GetString()
            : null;

    private static Task<Reply> AskAsync(Portal portal, string method, string path, OperatorKey key)
    {
        var address = path.Replace("{site}", Portal.SiteOfKeys, StringComparison.Ordinal)
            .Replace("{id}", "0190d5f2-5c1e-7a33-b1d2-6f0c8e9a4b57", StringComparison.Ordinal)
            .Replace("{words}", "0190d5f2-5c1e-7a33-b1d2-6f0c8e9a4b58", StringComparison.Ordinal)
            .Replace("{slug}", "khong-co", StringComparison.Ordinal)
            .Replace("{version}", "7", StringComparison.Ordinal);
        return portal.Shape.OperatorsDoor.SendAsync(
            portal.Shape.OperatorsDoor.Message(
                HttpMethod.Parse(method),
                address,
                ViewCall.Browser,
                new Dictionary<string, string> { ["Authorization"] = $"Bearer {key.Value}" }
            ),
            Cancel
        );
    }
}
