namespace PortalServices.Edge.Tests.Sites;

/// <summary>
/// Captchas are no one site's: the pages of every site may ask for them, and those of no site may not.
/// </summary>
public sealed class SharedDoorTests
{
    private const string Captchas = "/api/captchas",
        Image = "/api/captchas/x/image.png";

    [Theory]
    [InlineData("https://evil.example")]
    [InlineData("null")]
    [InlineData("http://portal.example")]
    [InlineData("https://portal.example, https://portal.example")]
    public async Task A_page_that_is_foreign_to_every_site_goes_no_further(string origin)
    {
        await using var app = await EdgeApp.StartAsync();
        foreach (
            var (door, method, path) in new[]
            {
                (Door.Public, HttpMethod.Post, Captchas),
                (Door.Public, HttpMethod.Post, "/API/captchas"),
                (Door.Public, HttpMethod.Get, Image),
                (Door.Operators, HttpMethod.Post, Captchas),
            }
        )
        {
            using var reply = await app.SendAsync(door, method, path, null, ("Origin", origin));
            Assert.Equal((403, "foreign_origin"), await reply.OutcomeAsync());
            Assert.Equal(door is Door.Public ? "*" : null, reply.Header("Access-Control-Allow-Origin"));
            Assert.Contains("Origin", reply.Header("Vary"), StringComparison.Ordinal);
        }

        using var preflight = await app.SendAsync(
            Door.Public,
            HttpMethod.Options,
            Captchas,
            null,
            ("Origin", origin),
            ("Access-Control-Request-Method", "POST")
        );
        Assert.Equal((403, "foreign_origin"), await preflight.OutcomeAsync());
        Assert.Null(preflight.Header("Access-Control-Allow-Methods"));
    }

    [Theory]
    [InlineData("https://portal.example")]
    [InlineData("https://www.portal.example")]
    public async Task A_page_of_any_site_may_ask_and_read_the_answer(string origin)
    {
        await using var app = await EdgeApp.StartAsync();
        foreach (var (method, path) in new[] { (HttpMethod.Post, Captchas), (HttpMethod.Get, Image) })
        {
            using var reply = await app.SendAsync(Door.Public, method, path, null, ("Origin", origin));
            Assert.Equal((200, origin), ((int)reply.StatusCode, reply.Header("Access-Control-Allow-Origin")));
            Assert.Null(reply.Header("Access-Control-Allow-Credentials"));
            Assert.Contains("Origin", reply.Header("Vary"), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task The_doors_own_pages_and_who_names_no_origin_may_ask()
    {
        await using var app = await EdgeApp.StartAsync();
        var own = app.At(Door.Public).GetLeftPart(UriPartial.Authority);
        foreach (var headers in new (string, string)[][] { [], [("Origin", own)] })
        {
            using var reply = await app.SendAsync(Door.Public, HttpMethod.Post, Captchas, null, headers);
            Assert.Equal((200, "Origin"), ((int)reply.StatusCode, reply.Header("Vary")));
        }
    }

    [Fact]
    public async Task A_preflight_is_answered_here_and_kept_for_long()
    {
        await using var app = await EdgeApp.StartAsync();
        using var reply = await app.SendAsync(
            Door.Public,
            HttpMethod.Options,
            Captchas,
            null,
            ("Origin", "https://portal.example"),
            ("Access-Control-Request-Method", "POST"),
            ("Access-Control-Request-Headers", "content-type")
        );
        Assert.Equal(
            (204, "https://portal.example", "86400"),
            ((int)reply.StatusCode, reply.Header("Access-Control-Allow-Origin"), reply.Header("Access-Control-Max-Age"))
        );
        Assert.Contains("POST", reply.Header("Access-Control-Allow-Methods"), StringComparison.Ordinal);
        Assert.Contains(
            "Content-Type",
            reply.Header("Access-Control-Allow-Headers"),
            StringComparison.OrdinalIgnoreCase
        );
    }
}
