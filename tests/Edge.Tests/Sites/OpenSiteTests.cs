using PortalServices.Testing;

namespace PortalServices.Edge.Tests.Sites;

/// <summary>A site whose pages may be anywhere, beside one whose pages may not.</summary>
public sealed class OpenSiteTests : IDisposable
{
    private const string Anywhere = "http://127.0.0.1:5500";

    private readonly TemporaryDirectory _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Its_pages_are_let_in_from_any_origin_and_may_read_the_answer()
    {
        await using var app = await StartAsync();
        foreach (var path in new[] { "/api/sites/open/stats", "/api/captchas" })
        {
            using var reply = await app.SendAsync(Door.Public, HttpMethod.Post, path, null, ("Origin", Anywhere));
            Assert.Equal((200, Anywhere), ((int)reply.StatusCode, reply.Header("Access-Control-Allow-Origin")));
            Assert.Null(reply.Header("Access-Control-Allow-Credentials"));
            Assert.Contains("Origin", reply.Header("Vary"), StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("open", "null")]
    [InlineData("open", "*")]
    [InlineData("closed", Anywhere)]
    [InlineData("closed", "*")]
    public async Task A_page_without_an_origin_is_foreign_to_it_and_other_sites_keep_their_lists(
        string site,
        string origin
    )
    {
        await using var app = await StartAsync();
        using var reply = await app.GetAsync(Door.Public, $"/api/sites/{site}/stats", ("Origin", origin));
        Assert.Equal((403, "foreign_origin"), await reply.OutcomeAsync());
    }

    private async Task<TestApp> StartAsync()
    {
        var sites = _folder.File("sites.json");
        await File.WriteAllTextAsync(
            sites,
            """
            {"sites":[{"id":"open","name":"Open","origins":["*"]},
            {"id":"closed","name":"Closed","origins":["https://portal.example"]}]}
            """,
            TestContext.Current.CancellationToken
        );
        return await EdgeApp.StartAsync($"--Sites:File={sites}");
    }
}
