namespace PortalServices.Edge.Tests.Headers;

public sealed class ForwardingHeadersTests
{
    private static readonly (string Name, string Value)[] Forged =
    [
        ("X-Forwarded-For", "203.0.113.9"),
        ("X-Forwarded-Proto", "https"),
        ("X-Forwarded-Host", "evil.example"),
        ("X-Forwarded-Prefix", "/p"),
        ("x-forwarded-port", "443"),
        ("Forwarded", "for=203.0.113.9"),
        ("X-Real-IP", "203.0.113.9"),
        ("True-Client-IP", "203.0.113.9"),
        ("CF-Connecting-IP", "203.0.113.9"),
        ("X-Original-For", "203.0.113.9"),
        ("X-Client-IP", "203.0.113.9"),
    ];

    [Theory]
    [InlineData(Door.Public)]
    [InlineData(Door.Operators)]
    public async Task From_a_stranger_they_are_taken_away_and_believed_nothing(Door door)
    {
        await using var app = await EdgeApp.StartAsync();
        using var reply = await app.GetAsync(door, "/x", Forged);
        var seen = await reply.SeenAsync();
        Assert.Equal(("127.0.0.1", app.At(door).GetLeftPart(UriPartial.Authority)), (seen.Client, seen.Origin));
        Assert.Empty(
            seen.Headers.Keys.Intersect(Forged.Select(header => header.Name), StringComparer.OrdinalIgnoreCase)
        );
    }

    [Theory]
    [InlineData("203.0.113.9", "203.0.113.9")]
    [InlineData("6.6.6.6, 203.0.113.9", "203.0.113.9")]
    [InlineData("6.6.6.6, 203.0.113.9, 127.0.0.7", "203.0.113.9")]
    [InlineData("203.0.113.9:5000", "203.0.113.9")]
    [InlineData("[2001:db8::9]:5000", "2001:db8::9")]
    [InlineData("2001:db8::9", "2001:db8::9")]
    [InlineData("::ffff:203.0.113.9", "203.0.113.9")]
    [InlineData("nonsense", "127.0.0.1")]
    public async Task From_a_trusted_proxy_the_nearest_stranger_is_the_client(string forwarded, string client)
    {
        await using var app = await EdgeApp.StartAsync("--Edge:TrustedProxies:0=127.0.0.0/8");
        using var reply = await app.GetAsync(
            Door.Public,
            "/x",
            ("X-Forwarded-For", forwarded),
            ("X-Real-IP", "6.6.6.6")
        );
        var seen = await reply.SeenAsync();
        Assert.Equal(client, seen.Client);
        Assert.DoesNotContain(seen.Headers.Keys, name => name.StartsWith("X-", StringComparison.OrdinalIgnoreCase));
    }
}
