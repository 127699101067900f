using System.Net;
using PortalServices.Acceptance.Tests.Doors;
using PortalServices.Testing.Portal;

namespace PortalServices.Acceptance.Tests.Documents;

/// <summary>
/// docs/openapi is what the portal answers, so that a change of an API shows in review. With <c>APPROVE_TEXTS=1</c> in the environment the files are
/// written anew.
/// </summary>
public sealed class ApiDocumentTests(Portals portals)
{
    private const string Address = "/openapi/counting.json";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory, EveryShape]
    public async Task The_document_of_counting_is_the_approved_text(Shape shape)
    {
        var portal = await portals.InAsync(shape);
        var reply = await portal.Shape.OperatorsDoor.GetAsync(Address, Cancel);
        Assert.Equal((HttpStatusCode.OK, "application/json"), (reply.Status, reply.MediaType));

        var file = ApprovedDocument.File;
        if (Environment.GetEnvironmentVariable("APPROVE_TEXTS") == "1")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            await File.WriteAllTextAsync(file, reply.Body, Cancel);
        }

        Assert.Equal(File.Exists(file) ? await File.ReadAllTextAsync(file, Cancel) : "", reply.Body);
    }

    [Theory, EveryShape]
    public async Task The_reference_shows_the_documents_to_operators_without_a_key_and_is_not_there_for_visitors(Shape shape)
    {
        var portal = await portals.InAsync(shape);
        var page = await portal.Shape.OperatorsDoor.GetAsync("/docs/", Cancel);
        Assert.Equal((HttpStatusCode.OK, "text/html"), (page.Status, page.MediaType));
        Assert.Contains("openapi/counting.json", page.Body, StringComparison.Ordinal);
        foreach (var path in new[] { "/docs", "/docs/", "/docs/scalar.js", Address })
        {
            DoorTests.AssertProblem(HttpStatusCode.NotFound, "not_found", await portal.Public.GetAsync(path, Cancel));
            DoorTests.AssertProblem(HttpStatusCode.NotFound, "not_found", await portal.Shape.ProbeDoor.GetAsync(path, Cancel));
        }
    }

    [Theory, EveryShape]
    public async Task A_key_needs_the_scope_that_the_document_names(Shape shape)
    {
        var portal = await portals.InAsync(shape);
        var document = (await portal.Shape.OperatorsDoor.GetAsync(Address, Cancel)).Json;
        var guarded = (from path in document.GetProperty("paths").EnumerateObject()
                       from operation in path.Value.EnumerateObject()
                       where operation.Value.TryGetProperty("security", out _)
                       select (Method: operation.Name, Path: path.Name, Scope: operation.Value.GetProperty("security")[0].GetProperty("operatorKey")[0].GetString()))
            .ToList();

        Assert.NotEmpty(guarded);
        foreach (var (method, path, scope) in guarded)
        {
            // The key of the reader, which holds counting.read, at the site that it is for.
            var message = portal.Shape.OperatorsDoor.Message(
                HttpMethod.Parse(method), path.Replace("{site}", "site-000", StringComparison.Ordinal), ViewCall.Browser,
                new Dictionary<string, string> { ["Authorization"] = $"Bearer {portal.Reader.Value}" });
            var reply = await portal.Shape.OperatorsDoor.SendAsync(message, Cancel);
            Assert.Equal(scope == "counting.read", reply.Status == HttpStatusCode.OK);
            Assert.Equal(scope == "counting.read" ? null : $"Bearer error=\"insufficient_scope\", scope=\"{scope}\"", reply.Header("WWW-Authenticate"));
        }
    }
}
