using System.Globalization;
using System.Text.Json;
using PortalServices.Testing;
using PortalServices.Testing.Portal;

namespace PortalServices.Acceptance.Tests.Documents;

/// <summary>The approved API document of a service.</summary>
internal sealed class ApprovedDocument(string name)
{
    /// <summary>All of them.</summary>
    public static readonly IReadOnlyList<ApprovedDocument> All = [new("content"), new("counting"), new("feedback")];

    private readonly Lazy<JsonElement> _json = new(() => JsonElement.Parse(System.IO.File.ReadAllText(FileOf(name))));

    /// <summary>The service.</summary>
    public string Name => name;

    /// <summary>Where the portal has it.</summary>
    public string Address => $"/openapi/{name}.json";

    /// <summary>Where it is approved.</summary>
    public string File => FileOf(name);

    /// <summary>The codes that they name for the route and the status of a reply.</summary>
    public static IEnumerable<string> CodesFor(Reply reply)
    {
        var (method, path) = (reply.Request.Split(' ')[0], reply.Request.Split(' ')[1].Split('/'));
        var (document, route) = (
            from each in All
            from told in each._json.Value.GetProperty("paths").EnumerateObject()
            where Matches(told.Name.Split('/'), path)
            select (each, told)
        ).MinBy(match => match.told.Name.Count(c => c == '{'));
        var responses = route.Value.GetProperty(method.ToLowerInvariant()).GetProperty("responses");
        return responses.TryGetProperty(((int)reply.Status).ToString(CultureInfo.InvariantCulture), out var response)
            ? document
                .Resolve(response)
                .GetProperty("content")
                .GetProperty("application/problem+json")
                .GetProperty("examples")
                .EnumerateObject()
                .Select(code => code.Name)
            : [];
    }

    private static string FileOf(string name) => Path.Combine(Repository.Root, "docs", "openapi", $"{name}.json");

    private static bool Matches(string[] route, string[] path) =>
        route.Length == path.Length
        && route.Zip(path).All(part => part.First.StartsWith('{') || part.First == part.Second);

    private JsonElement Resolve(JsonElement response) =>
        response.TryGetProperty("$ref", out var reference)
            ? _json
                .Value.GetProperty("components")
                .GetProperty("responses")
                .GetProperty(reference.GetString()!.Split('/')[^1])
            : response;
}
