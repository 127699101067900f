namespace PortalServices.Edge.Tests.Robots;

/// <summary>robots.txt allows everything, and names the sitemaps.</summary>
public sealed class RobotsFileTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task It_names_the_sitemap_of_each_site_at_the_address_that_was_asked()
    {
        await using var app = await EdgeApp.StartAsync();
        using var reply = await app.SendAsync(
            Door.Public,
            HttpMethod.Get,
            "/robots.txt",
            null,
            ("Host", "cong.example")
        );
        Assert.Equal((200, "text/plain; charset=utf-8"), ((int)reply.StatusCode, reply.Header("Content-Type")));
        var lines = (await reply.Content.ReadAsStringAsync(Cancel)).Split('\n');
        Assert.Equal(["User-agent: *", "Allow: /"], lines[..2]);
        Assert.Contains("Sitemap: http://cong.example/api/sites/sonla/sitemap.xml", lines);
        Assert.Equal(lines.Length - 3, lines.Count(line => line.StartsWith("Sitemap: ", StringComparison.Ordinal)));
        using var again = await app.GetAsync(
            Door.Public,
            "/robots.txt",
            ("Host", "cong.example"),
            ("If-None-Match", reply.Header("ETag")!)
        );
        Assert.Equal(304, (int)again.StatusCode);
    }

    [Theory]
    [InlineData("https", "portal.example", "sonla")]
    [InlineData("http", "cong.example", "sonla", "english")]
    public async Task It_names_the_site_of_its_host_and_of_no_sites_host_all_but_those_to_try_or_to_load(
        string scheme,
        string host,
        params string[] sites
    )
    {
        var file = Path.GetTempFileName();
        await File.WriteAllTextAsync(
            file,
            """
            {"sites":[{"id":"sonla","name":"Sơn La","zone":"Asia/Ho_Chi_Minh","origins":["https://portal.example"]},
            {"id":"english","name":"English","zone":"UTC"},{"id":"demo","name":"Demo","zone":"UTC","origins":["*"]},
            {"id":"loadtest","name":"Load","zone":"UTC","loadTest":true}]}
            """,
            Cancel
        );
        await using var app = await EdgeApp.StartAsync($"--Sites:File={file}", "--Edge:TrustedProxies:0=127.0.0.1");
        using var reply = await app.GetAsync(Door.Public, "/robots.txt", ("Host", host), ("X-Forwarded-Proto", scheme));
        Assert.Equal(
            sites.Select(site => $"Sitemap: {scheme}://{host}/api/sites/{site}/sitemap.xml"),
            (await reply.Content.ReadAsStringAsync(Cancel))
                .Split('\n')
                .Where(line => line.StartsWith("Sitemap", StringComparison.Ordinal))
        );
        File.Delete(file);
    }

    [Fact]
    public async Task Operators_have_no_such_file()
    {
        await using var app = await EdgeApp.StartAsync();
        using var operators = await app.GetAsync(Door.Operators, "/robots.txt");
        Assert.Equal((404, "not_found"), await operators.OutcomeAsync());
    }
}
