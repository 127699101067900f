using System.Globalization;
using System.Text.Json;
using PortalServices.Testing;
using PortalServices.Testing.Portal;

namespace PortalServices.Acceptance.Tests.Documents;

/// <summary>The approved API document of counting.</summary>
internal static class ApprovedDocument
{
    public static readonly string File = Path.Combine(Repository.Root, "docs", "openapi", "counting.json");

    private static readonly Lazy<JsonElement> Json = new(() => JsonElement.Parse(System.IO.File.ReadAllText(File)));

    /// <summary>The codes that it names for the route and the status of a reply.</summary>
    public static IEnumerable<string> CodesFor(Reply reply)
    {
        var (method, path) = (reply.Request.Split(' ')[0], reply.Request.Split(' ')[1].Split('/'));
        var route = Json.Value.GetProperty("paths").EnumerateObject().Single(each => Matches(each.Name.Split('/'), path));
        var responses = route.Value.GetProperty(method.ToLowerInvariant()).GetProperty("responses");
        return responses.TryGetProperty(((int)reply.Status).ToString(CultureInfo.InvariantCulture), out var response)
            ? Resolve(response).GetProperty("content").GetProperty("application/problem+json").GetProperty("examples").EnumerateObject().Select(code => code.Name)
            : [];
    }

    private static bool Matches(string[] route, string[] path) =>
        route.Length == path.Length && route.Zip(path).All(part => part.First.StartsWith('{') || part.First == part.Second);

    private static JsonElement Resolve(JsonElement response) =>
        response.TryGetProperty("$ref", out var reference)
            ? Json.Value.GetProperty("components").GetProperty("responses").GetProperty(reference.GetString()!.Split('/')[^1])
            : response;
}
