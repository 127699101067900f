using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using PortalServices.Http.Problems;

namespace PortalServices.ServiceDefaults.Tests.Problems;

public sealed class ProblemTests
{
    private static readonly ProblemCode Teapot = new("teapot", 418, "Short and stout.", "Ấm trà.");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_problem_has_every_member_and_header()
    {
        await using var app = await TestApp.StartAsync(a =>
            a.MapGet(
                "/teapot",
                () =>
                    Problem.Of(
                        Teapot,
                        "detail",
                        TimeSpan.FromSeconds(2.1),
                        new Dictionary<string, string[]> { ["page"] = ["too long"] }
                    )
            )
        );
        using var reply = await app.GetAsync(Door.Public, "/teapot");
        var body = await reply.Content.ReadFromJsonAsync<JsonElement>(Cancel);

        Assert.Equal(418, (int)reply.StatusCode);
        Assert.Equal("application/problem+json", reply.Content.Headers.ContentType?.ToString());
        Assert.Equal("vi", Assert.Single(reply.Content.Headers.ContentLanguage));
        Assert.Equal(TimeSpan.FromSeconds(3), reply.Headers.RetryAfter?.Delta);
        Assert.Equal("Accept-Language", Assert.Single(reply.Headers.Vary));
        Assert.True(reply.Headers.CacheControl?.NoStore);
        Assert.Equal(
            ["type", "title", "status", "code", "detail", "errors", "traceId"],
            body.EnumerateObject().Select(member => member.Name)
        );
        Assert.Equal(
            ("urn:portal-services:problem:teapot", "Ấm trà.", 418, "teapot", "detail"),
            (
                Text(body, "type"),
                Text(body, "title"),
                body.GetProperty("status").GetInt32(),
                Text(body, "code"),
                Text(body, "detail")
            )
        );
        Assert.Equal("too long", body.GetProperty("errors").GetProperty("page")[0].GetString());
        Assert.Matches("^[0-9a-f]{32}$", Text(body, "traceId"));
    }

    [Theory]
    [InlineData("/", null, "vi")]
    [InlineData("/", "en", "en")]
    [InlineData("/", "EN-us", "en")]
    [InlineData("/", "fr, en;q=0.3, vi;q=0.2", "en")]
    [InlineData("/", "en;q=0.3, vi-VN;q=0.8", "vi")]
    [InlineData("/", "en;q=0", "vi")]
    [InlineData("/", "enm", "vi")]
    [InlineData("/", "*", "vi")]
    [InlineData("/", "not a language;;;", "vi")]
    [InlineData("/api/sites/english/x", null, "en")]
    [InlineData("/api/sites/english", "fr", "en")]
    [InlineData("/api/sites/english/x", "vi", "vi")]
    [InlineData("/api/operator/sites/english/x", null, "en")]
    [InlineData("/api/sites/sonla/x", null, "vi")]
    [InlineData("/api/sites/nobody/x", null, "vi")]
    [InlineData("/?lang=en", "vi", "en")]
    [InlineData("/api/sites/english/x?lang=vi", "en", "vi")]
    [InlineData("/?lang=fr", "en", "en")]
    [InlineData("/?lang=", "en", "en")]
    [InlineData("/?lang=EN", "vi", "vi")]
    [InlineData("/?lang=en&lang=vi", "vi", "vi")]
    public async Task The_language_is_what_the_address_says_else_the_readers_else_the_sites_else_Vietnamese(
        string path,
        string? accept,
        string expected
    )
    {
        await using var app = await TestApp.StartAsync(_ => { });
        using var reply = accept is null
            ? await app.GetAsync(Door.Public, path)
            : await app.GetAsync(Door.Public, path, ("Accept-Language", accept));
        Assert.Equal(expected, Assert.Single(reply.Content.Headers.ContentLanguage));
        Assert.Equal(
            expected == "en" ? CommonProblems.NotFound.English : CommonProblems.NotFound.Vietnamese,
            Text(await reply.Content.ReadFromJsonAsync<JsonElement>(Cancel), "title")
        );
    }

    [Theory]
    [InlineData("GET", "/fault", null, null, 500, "internal_error")]
    [InlineData("GET", "/nothing", null, null, 404, "not_found")]
    [InlineData("PUT", "/echo", null, null, 405, "method_not_allowed")]
    [InlineData("POST", "/echo", "text/csv", "a,b", 415, "unsupported_media_type")]
    [InlineData("POST", "/echo", "application/json", "{", 400, "invalid_json")]
    [InlineData("POST", "/echo", "application/json", """{"text":"a","text":"b"}""", 400, "invalid_json")]
    [InlineData("POST", "/echo", "application/json", """{"text":"a",}""", 400, "invalid_json")]
    [InlineData("POST", "/echo", "application/json", """{"text":"a"/**/}""", 400, "invalid_json")]
    [InlineData("POST", "/echo", "application/json", """{"text":null}""", 400, "invalid_json")]
    [InlineData("POST", "/echo", "application/json", """{"text":5}""", 400, "invalid_json")]
    [InlineData("POST", "/echo", "application/json", """{"Text":"a"}""", 400, "invalid_json")]
    [InlineData("POST", "/echo", "application/json", """{"text":"a","kind":1}""", 400, "invalid_json")]
    [InlineData("POST", "/echo", "application/json", "", 400, "invalid_request")]
    [InlineData("GET", "/number?n=five", null, null, 400, "invalid_request")]
    [InlineData("GET", "/status/502", null, null, 503, "service_unavailable")]
    [InlineData("GET", "/status/503", null, null, 503, "service_unavailable")]
    [InlineData("GET", "/status/504", null, null, 504, "service_timeout")]
    [InlineData("GET", "/status/413", null, null, 413, "body_too_large")]
    public async Task Whatever_fails_is_a_problem_with_a_code(
        string method,
        string path,
        string? type,
        string? text,
        int status,
        string code
    )
    {
        await using var app = await TestApp.StartAsync(MapFailures);
        using var content = type is null
            ? null
            : new StringContent(text!, Encoding.UTF8, new MediaTypeHeaderValue(type));
        using var reply = await app.SendAsync(Door.Public, new HttpMethod(method), path, content);
        Assert.Equal(
            (status, code),
            ((int)reply.StatusCode, Text(await reply.Content.ReadFromJsonAsync<JsonElement>(Cancel), "code"))
        );
        Assert.Equal(status is 503 or 504, reply.Headers.RetryAfter is not null);
    }

    [Fact]
    public async Task JSON_of_the_conventions_goes_there_and_back()
    {
        await using var app = await TestApp.StartAsync(MapFailures);
        using var reply = await app.Client.PostAsJsonAsync(
            app.At(Door.Public, "/echo"),
            new
            {
                text = "Đường",
                kind = "secondKind",
                more = 1,
            },
            Cancel
        );
        Assert.Equal("""{"text":"Đường","kind":"secondKind"}""", await reply.Content.ReadAsStringAsync(Cancel));
    }

    [Fact]
    public async Task A_problem_of_a_HEAD_has_its_headers_and_no_body()
    {
        await using var app = await TestApp.StartAsync(_ => { });
        using var reply = await app.SendAsync(Door.Public, HttpMethod.Head, "/nothing");
        Assert.Equal(
            (404, "application/problem+json"),
            ((int)reply.StatusCode, reply.Content.Headers.ContentType?.ToString())
        );
        Assert.Empty(await reply.Content.ReadAsByteArrayAsync(Cancel));
    }

    [Fact]
    public async Task A_reply_with_a_body_of_its_own_is_left_alone()
    {
        await using var app = await TestApp.StartAsync(MapFailures);
        using var reply = await app.GetAsync(Door.Public, "/own");
        Assert.Equal(
            (HttpStatusCode.NotFound, "mine"),
            (reply.StatusCode, await reply.Content.ReadAsStringAsync(Cancel))
        );
    }

    private static void MapFailures(WebApplication app)
    {
        app.MapGet("/fault", () => Throw());
        app.MapPost("/echo", (Echo echo) => echo);
        app.MapGet("/number", (int n) => n);
        app.MapGet("/status/{status:int}", (int status) => Results.StatusCode(status));
        app.MapGet("/own", () => Results.Text("mine", statusCode: 404));
    }

    private static IResult Throw() => throw new InvalidOperationException("a fault of the product");

    private static string? Text(JsonElement body, string name) => body.GetProperty(name).GetString();

    internal sealed record Echo(string Text, EchoKind Kind = EchoKind.FirstKind);

    internal enum EchoKind
    {
        FirstKind,
        SecondKind,
    }
}
