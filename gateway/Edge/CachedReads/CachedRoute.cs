using System.Runtime.InteropServices;
using System.Text;
using Microsoft.AspNetCore.WebUtilities;

namespace PortalServices.Edge.CachedReads;

/// <summary>A route whose replies are cached.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Query">The parameters of the query that its replies depend on.</param>
internal sealed record CachedRoute(string Name, IReadOnlyList<string> Query)
{
    // A page of a site has at most 512 bytes. What is longer is hardly asked for twice.
    private const int MaxKeyLength = 2_048;

    /// <summary>
    /// What a request asks for, however it is spelled: by the values of the route, the parameters that count, and the
    /// address that the door has for the reader. Null where that is too long to be cached.
    /// </summary>
    public ReadKey? KeyOf(HttpRequest request)
    {
        var values = ValuesOf(request.RouteValues);
        var query = QueryOf(request.QueryString.Value);
        var host = request.Host.Value ?? "";
        return values.Length + query.Length + host.Length <= MaxKeyLength
            ? new ReadKey(Name, values, query, host, request.IsHttps)
            : null;
    }

    private static string ValuesOf(RouteValueDictionary values)
    {
        string? first = null;
        StringBuilder? more = null;
        foreach (var (_, value) in values)
        {
            if (first is null)
            {
                first = value as string ?? "";
            }
            else
            {
                (more ??= new StringBuilder(first)).Append('/').Append(value as string);
            }
        }
        return more?.ToString() ?? first ?? "";
    }

    // As a query: it is what the service is asked with.
    private string QueryOf(string? query)
    {
        if (string.IsNullOrEmpty(query))
        {
            return "";
        }
        var kept = "";
        foreach (var pair in new QueryStringEnumerable(query))
        {
            var name = pair.DecodeName();
            for (var i = 0; i < Query.Count; i++)
            {
                if (name.Span.Equals(Query[i], StringComparison.OrdinalIgnoreCase))
                {
                    kept =
                        $"{kept}{(kept.Length == 0 ? '?' : '&')}{Query[i]}={Uri.EscapeDataString(TextOf(pair.DecodeValue()))}";
                }
            }
            if (kept.Length > MaxKeyLength)
            {
                break;
            }
        }
        return kept;
    }

    private static string TextOf(ReadOnlyMemory<char> value) =>
        MemoryMarshal.TryGetString(value, out var text, out var start, out var length)
        && start == 0
        && length == text.Length
            ? text
            : value.ToString();
}

/// <summary>What makes two requests the same.</summary>
/// <param name="Route">The route's name.</param>
/// <param name="Values">Its values.</param>
/// <param name="Query">The parameters that count, as a query.</param>
/// <param name="Host">The host that the reader asked.</param>
/// <param name="IsHttps">And how.</param>
internal readonly record struct ReadKey(string Route, string Values, string Query, string Host, bool IsHttps)
{
    /// <summary>Characters, of all parts.</summary>
    public int Length => Values.Length + Query.Length + Host.Length;
}
