using System.Net.Http.Json;
using System.Text.Json;

namespace PortalServices.Edge.Tests.Limits;

public sealed class RateLimitTests
{
    private const string Pages = "/api/sites/sonla/pages?path=/a";

    // So low a limit is for the test; the shipped one lets an office of hundreds behind one address read on.
    private static readonly string[] Settings =
    [
        "--Edge:PageReadsPerSecond=1",
        "--Edge:PageReadsBurst=3",
        "--Edge:TrustedProxies:0=127.0.0.1",
    ];

    [Theory]
    [InlineData(Pages)]
    [InlineData("/api/sites/sonla/pages/top")]
    [InlineData("/api/sites/sonla/traffic?step=day")]
    public async Task Reading_page_numbers_has_a_limit_that_names_itself(string path)
    {
        await using var app = await EdgeApp.StartAsync(Settings);
        using var refused = await UntilRefusedAsync(app, Door.Public, path, "203.0.113.1");
        Assert.NotNull(refused);
        var body = await refused.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken);
        Assert.Equal((429, "rate_limited"), ((int)refused.StatusCode, body.GetProperty("code").GetString()));
        Assert.Equal("pageReadsPerAddress: 1/s", body.GetProperty("detail").GetString());
        Assert.InRange(refused.Headers.RetryAfter!.Delta!.Value.TotalSeconds, 1, 5);
    }

    [Theory]
    [InlineData("203.0.113.1", "203.0.113.2", false)]
    [InlineData("2001:db8:1:2::1", "2001:db8:1:2:ffff::2", true)]
    [InlineData("2001:db8:1:2::1", "2001:db8:1:3::1", false)]
    [InlineData("203.0.113.1", "::ffff:203.0.113.1", true)]
    public async Task The_limit_is_per_client_address_and_an_IPv6_client_is_a_whole_64(
        string first,
        string second,
        bool same
    )
    {
        // The second address is asked at once, a second before a token comes back; a slow machine gets more chances.
        for (var attempt = 0; ; attempt++)
        {
            await using var app = await EdgeApp.StartAsync(Settings);
            using var refused = await UntilRefusedAsync(app, Door.Public, Pages, first);
            Assert.NotNull(refused);
            using var reply = await app.GetAsync(Door.Public, Pages, ("X-Forwarded-For", second));
            if (same && reply.IsSuccessStatusCode && attempt < 10)
            {
                continue;
            }
            Assert.Equal(same ? 429 : 200, (int)reply.StatusCode);
            return;
        }
    }

    [Theory]
    [InlineData(Door.Public, "/api/sites/sonla/views")]
    [InlineData(Door.Public, "/api/sites/sonla/stats?page=/a")]
    [InlineData(Door.Public, "/api/sites/sonla/pagesx")]
    [InlineData(Door.Operators, Pages)]
    public async Task Nothing_else_has_one(Door door, string path)
    {
        await using var app = await EdgeApp.StartAsync(Settings);
        using var refused = await UntilRefusedAsync(app, door, path, "203.0.113.1");
        Assert.Null(refused);
    }

    [Fact]
    public async Task The_shipped_limit_is_generous_and_zero_is_none()
    {
        await using var shipped = await EdgeApp.StartAsync("--Edge:TrustedProxies:0=127.0.0.1");
        Assert.Null(await UntilRefusedAsync(shipped, Door.Public, Pages, "203.0.113.1"));
        await using var none = await EdgeApp.StartAsync([.. Settings, "--Edge:PageReadsPerSecond=0"]);
        Assert.Null(await UntilRefusedAsync(none, Door.Public, Pages, "203.0.113.1"));
    }

    private static async Task<HttpResponseMessage?> UntilRefusedAsync(
        TestApp app,
        Door door,
        string path,
        string client
    )
    {
        for (var i = 0; i < 60; i++)
        {
            var reply = await app.GetAsync(door, path, ("X-Forwarded-For", client));
            if (!reply.IsSuccessStatusCode)
            {
                return reply;
            }
            reply.Dispose();
        }

        return null;
    }
}
