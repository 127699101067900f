using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using PortalServices.Http.Json;

namespace PortalServices.Edge.Tests;

/// <summary>The edge in front of an endpoint that tells what has reached it.</summary>
internal static class EdgeApp
{
    /// <summary>Starts it; every address without a route of its own is answered by <see cref="Tell"/>.</summary>
    public static Task<TestApp> StartAsync(params string[] settings) => StartAsync(_ => { }, settings);

    public static Task<TestApp> StartAsync(Action<WebApplication> map, params string[] settings) =>
        TestApp.StartAsync(
            builder => builder.AddEdge(),
            app =>
            {
                app.UseEdge();
                map(app);
                app.Map("/{**all}", (Delegate)Tell);
            },
            settings
        );

    /// <summary>The status and the problem's code; the code is empty where there is no problem.</summary>
    public static async Task<(int Status, string Code)> OutcomeAsync(this HttpResponseMessage reply)
    {
        if (reply.Content.Headers.ContentType?.MediaType != "application/problem+json")
        {
            return ((int)reply.StatusCode, "");
        }
        var body = await reply.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken);
        return ((int)reply.StatusCode, body.GetProperty("code").GetString()!);
    }

    /// <summary>A header of the reply, its values joined; null when it is not there.</summary>
    public static string? Header(this HttpResponseMessage reply, string name) =>
        reply.Headers.TryGetValues(name, out var values) || reply.Content.Headers.TryGetValues(name, out values)
            ? string.Join(", ", values)
            : null;

    /// <summary>What the endpoint behind the edge was told of a request.</summary>
    public static async Task<Seen> SeenAsync(this HttpResponseMessage reply)
    {
        Assert.Equal(200, (int)reply.StatusCode);
        var seen = (
            await reply.Content.ReadFromJsonAsync<Seen>(PortalJson.Options, TestContext.Current.CancellationToken)
        )!;
        // HTTP/2 writes their names small.
        return seen with { Headers = new(seen.Headers, StringComparer.OrdinalIgnoreCase) };
    }

    /// <summary>Answers with all it knows of the request.</summary>
    public static async Task<Seen> Tell(HttpContext context)
    {
        using var body = new StreamReader(context.Request.Body);
        return new Seen(
            context.Request.Method,
            context.Features.Get<Microsoft.AspNetCore.Http.Features.IHttpRequestFeature>()!.RawTarget,
            context.Request.Protocol,
            context.Connection.RemoteIpAddress?.ToString() ?? "",
            $"{context.Request.Scheme}://{context.Request.Host}",
            context.Request.ContentLength,
            await body.ReadToEndAsync(context.RequestAborted),
            context.Request.Headers.ToDictionary(
                header => header.Key,
                header => header.Value.ToString(),
                StringComparer.OrdinalIgnoreCase
            )
        );
    }
}

internal sealed record Seen(
    string Method,
    string Target,
    string Protocol,
    string Client,
    string Origin,
    long? Length,
    string Body,
    Dictionary<string, string> Headers
);
