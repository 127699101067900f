using System.Globalization;
using System.Text.Json;

namespace PortalServices.InProcess;

/// <summary>Compares replies with the API document.</summary>
public sealed class DocumentedReplies(JsonElement document)
{
    private readonly HashSet<string> _seen = [];

    /// <summary>
    /// The documented replies with a status of 2xx or 3xx that were not seen yet, such as <c>GET
    /// /api/sites/{site}/videos 200</c>.
    /// </summary>
    public IEnumerable<string> Unseen =>
        from path in document.GetProperty("paths").EnumerateObject()
        from operation in path.Value.EnumerateObject()
        where operation.Name != "head"
        from response in operation.Value.GetProperty("responses").EnumerateObject()
        where response.Name[0] is '2' or '3'
        let documented = $"{operation.Name.ToUpperInvariant()} {path.Name} {response.Name}"
        where !_seen.Contains(documented)
        select documented;

    /// <summary>Where a reply is not as documented.</summary>
    public IReadOnlyList<string> MistakesIn(HttpMethod method, string path, AppReply reply)
    {
        var parts = path.Split('?')[0].Split('/');
        // Where a word and a parameter match alike, the word is meant, as in routing.
        var route = document
            .GetProperty("paths")
            .EnumerateObject()
            .Where(each => Matches(each.Name.Split('/'), parts))
            .MinBy(each => each.Name.Count(c => c == '{'));
        var documented = $"{method} {route.Name} {reply.Status.ToString(CultureInfo.InvariantCulture)}";
        var responses = route.Value.GetProperty(method.Method.ToLowerInvariant()).GetProperty("responses");
        if (!responses.TryGetProperty(reply.Status.ToString(CultureInfo.InvariantCulture), out var response))
        {
            return [$"{documented} is not documented"];
        }
        _seen.Add(documented);
        response = Resolve(response);
        return
        [
            .. InHeaders(response, reply).Concat(InBody(response, reply)).Select(mistake => $"{documented}: {mistake}"),
        ];
    }

    private static IEnumerable<string> InHeaders(JsonElement response, AppReply reply)
    {
        var documented = response.TryGetProperty("headers", out var headers)
            ? headers.EnumerateObject().Select(header => header.Name).ToArray()
            : [];
        // Of a client's mistakes, only some can be tried again after a while.
        foreach (
            var name in documented.Where(name =>
                reply.Header(name) is null && !(name == "Retry-After" && reply.Status < 500)
            )
        )
        {
            yield return $"{name} is documented and missing";
        }
        foreach (
            var name in new[] { "ETag", "Location", "Retry-After" }
                .Except(documented)
                .Where(name => reply.Header(name) is not null)
        )
        {
            yield return $"{name} is not documented";
        }
    }

    private IEnumerable<string> InBody(JsonElement response, AppReply reply)
    {
        if (!response.TryGetProperty("content", out var content))
        {
            return reply.Bytes.Length == 0 ? [] : ["a body is not documented"];
        }
        var type = reply.Header("Content-Type")?.Split(';')[0] ?? "";
        if (!content.TryGetProperty(type, out var media))
        {
            return [$"the type {type} is not documented"];
        }
        return type.EndsWith("json", StringComparison.Ordinal)
            ? InValue(media.GetProperty("schema"), reply.Json, "")
            : [];
    }

    private IEnumerable<string> InValue(JsonElement schema, JsonElement value, string at)
    {
        schema = Resolve(schema);
        var type = schema.GetProperty("type").GetString();
        if (type != TypeOf(value))
        {
            return [$"{at} is {TypeOf(value)}, not {type}"];
        }
        if (
            schema.TryGetProperty("enum", out var words)
            && !words.EnumerateArray().Any(word => word.GetString() == value.GetString())
        )
        {
            return [$"{at} is {value}"];
        }
        return type switch
        {
            "array" => value.EnumerateArray().SelectMany(item => InValue(schema.GetProperty("items"), item, $"{at}[]")),
            "object" => InObject(schema, value, at),
            _ => [],
        };
    }

    private IEnumerable<string> InObject(JsonElement schema, JsonElement value, string at)
    {
        var fields = schema.TryGetProperty("properties", out var properties)
            ? properties.EnumerateObject().ToDictionary(each => each.Name, each => each.Value)
            : [];
        var required = schema.TryGetProperty("required", out var names)
            ? names.EnumerateArray().Select(each => each.GetString()!)
            : [];
        foreach (var missing in required.Where(field => !value.TryGetProperty(field, out _)))
        {
            yield return $"{at}.{missing} is missing";
        }
        foreach (var field in value.EnumerateObject())
        {
            var others =
                schema.TryGetProperty("additionalProperties", out var more) && more.ValueKind == JsonValueKind.Object
                    ? more
                    : (JsonElement?)null;
            if ((fields.TryGetValue(field.Name, out var documented) ? documented : others) is not { } of)
            {
                yield return $"{at}.{field.Name} is not documented";
            }
            else
            {
                foreach (var mistake in InValue(of, field.Value, $"{at}.{field.Name}"))
                {
                    yield return mistake;
                }
            }
        }
    }

    private static string TypeOf(JsonElement value) =>
        value.ValueKind switch
        {
            JsonValueKind.Object => "object",
            JsonValueKind.Array => "array",
            JsonValueKind.String => "string",
            JsonValueKind.Number => value.TryGetInt64(out _) ? "integer" : "number",
            JsonValueKind.Null => "null",
            _ => "boolean",
        };

    private static bool Matches(string[] route, string[] path) =>
        route.Length == path.Length && route.Zip(path).All(part => Matches(part.First, part.Second));

    // A parameter may stand within a segment: sitemap-{part}.xml.
    private static bool Matches(string route, string part) =>
        route == part
        || (
            route.IndexOf('{') is >= 0 and var start
            && part.StartsWith(route[..start], StringComparison.Ordinal)
            && part.EndsWith(route[(route.IndexOf('}') + 1)..], StringComparison.Ordinal)
        );

    private JsonElement Resolve(JsonElement element)
    {
        while (element.TryGetProperty("$ref", out var reference))
        {
            element = reference.GetString()!.Split('/').Skip(1).Aggregate(document, (at, name) => at.GetProperty(name));
        }
        return element;
    }
}
