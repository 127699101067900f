using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;

namespace PortalServices.Edge.Tests.Reference;

public sealed partial class ApiReferenceTests
{
    [Fact]
    public async Task It_lists_the_documents_that_are_mapped()
    {
        await using var app = await EdgeApp.StartAsync(a =>
        {
            a.MapGet("/openapi/second.json", (Delegate)EdgeApp.Tell);
            a.MapGet("/openapi/first.json", (Delegate)EdgeApp.Tell);
        });
        Assert.Equal(
            ["openapi/first.json", "openapi/second.json"],
            Sources().Matches(await PageAsync(app)).Select(source => source.Groups[1].Value)
        );
    }

    [Fact]
    public async Task It_may_load_and_ask_only_what_is_here()
    {
        await using var app = await EdgeApp.StartAsync();
        using var reply = await app.GetAsync(Door.Operators, "/docs/");
        var page = await reply.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        var nonce = Nonce().Match(page).Groups[1].Value;
        Assert.Equal(32, nonce.Length);
        Assert.Equal(
            $"default-src 'none'; script-src 'nonce-{nonce}'; style-src 'unsafe-inline'; connect-src 'self'; img-src 'self'; "
                + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
            reply.Header("Content-Security-Policy")
        );
        Assert.Equal(
            ("DENY", "nosniff", "no-store"),
            (reply.Header("X-Frame-Options"), reply.Header("X-Content-Type-Options"), reply.Header("Cache-Control"))
        );
        Assert.DoesNotContain("//", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Its_nonce_is_never_the_same()
    {
        await using var app = await EdgeApp.StartAsync();
        Assert.NotEqual(Nonce().Match(await PageAsync(app)).Value, Nonce().Match(await PageAsync(app)).Value);
    }

    [Theory]
    [InlineData("/docs/scalar.js", "text/javascript")]
    [InlineData("/docs/scalar.aspnetcore.js", "text/javascript")]
    [InlineData("/docs/favicon.svg", "image/svg+xml")]
    public async Task What_the_page_loads_comes_from_here(string path, string mediaType)
    {
        await using var app = await EdgeApp.StartAsync();
        using var reply = await app.GetAsync(Door.Operators, path, ("Accept-Encoding", "gzip"));
        Assert.Equal((200, mediaType), ((int)reply.StatusCode, reply.Content.Headers.ContentType?.MediaType));
    }

    [Theory]
    [InlineData("/docs")]
    [InlineData("/docs/")]
    [InlineData("/docs/scalar.js")]
    public async Task It_is_not_there_for_the_internet(string path)
    {
        await using var app = await EdgeApp.StartAsync();
        using var reply = await app.GetAsync(Door.Public, path);
        Assert.Equal((404, "not_found"), await reply.OutcomeAsync());
    }

    private static async Task<string> PageAsync(InProcess.TestApp app)
    {
        using var reply = await app.GetAsync(Door.Operators, "/docs/");
        Assert.Equal(200, (int)reply.StatusCode);
        return await reply.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
    }

    [GeneratedRegex("\"url\":\"(openapi[^\"]+)\"")]
    private static partial Regex Sources();

    [GeneratedRegex("<script type=\"module\" nonce=\"([0-9a-f]+)\">")]
    private static partial Regex Nonce();
}
