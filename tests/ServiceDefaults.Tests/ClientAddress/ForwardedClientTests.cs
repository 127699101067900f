using System.ComponentModel.DataAnnotations;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using PortalServices.ServiceDefaults.ClientAddress;

namespace PortalServices.ServiceDefaults.Tests.ClientAddress;

public sealed class ForwardedClientTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_gateway_on_this_machine_is_believed()
    {
        await using var app = await TestApp.StartAsync(Map);
        Assert.Equal(
            "203.0.113.9 https portal.example",
            await SeenAsync(
                app,
                Door.Internal,
                ("X-Forwarded-For", "203.0.113.9"),
                ("X-Forwarded-Proto", "https"),
                ("X-Forwarded-Host", "portal.example")
            )
        );
        Assert.Equal(
            "203.0.113.9",
            (await SeenAsync(app, Door.Internal, ("X-Forwarded-For", "::ffff:203.0.113.9"))).Split(' ')[0]
        );
        Assert.Equal(
            "2001:db8::9",
            (await SeenAsync(app, Door.Internal, ("X-Forwarded-For", "2001:db8::9"))).Split(' ')[0]
        );
    }

    [Fact]
    public async Task A_gateway_elsewhere_makes_this_machine_a_stranger()
    {
        await using var app = await TestApp.StartAsync(Map, "--Gateway:Addresses:0=10.0.0.0/8");
        Assert.StartsWith(
            "127.0.0.1 http 127.0.0.1",
            await SeenAsync(
                app,
                Door.Internal,
                ("X-Forwarded-For", "203.0.113.9"),
                ("X-Forwarded-Host", "portal.example")
            ),
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData(Door.Public)]
    [InlineData(Door.Operators)]
    public async Task No_other_door_believes_by_itself(Door door)
    {
        await using var app = await TestApp.StartAsync(Map);
        Assert.StartsWith(
            "127.0.0.1 ",
            await SeenAsync(app, door, ("X-Forwarded-For", "203.0.113.9")),
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData("10.0.0.0/8", true)]
    [InlineData("10.0.0.1", true)]
    [InlineData("::1/128", true)]
    [InlineData("fd00::1", true)]
    [InlineData("10.0.0.0/33", false)]
    [InlineData("10.0.0.1/8", true)]
    [InlineData("proxy", false)]
    [InlineData("", false)]
    public void Blocks_of_addresses_are_checked(string block, bool valid)
    {
        IReadOnlyList<ValidationResult> mistakes = [.. AddressBlocks.Mistakes([block], "Addresses")];
        Assert.Equal(valid, mistakes.Count == 0);
        Assert.All(mistakes, mistake => Assert.Equal(["Addresses:0"], mistake.MemberNames));
        if (valid)
        {
            Assert.Single(AddressBlocks.Parse([block]));
        }
    }

    private static void Map(WebApplication app) =>
        app.MapGet(
            "/",
            (HttpContext context) =>
                $"{context.Connection.RemoteIpAddress} {context.Request.Scheme} {context.Request.Host}"
        );

    private static async Task<string> SeenAsync(TestApp app, Door door, params (string, string)[] headers)
    {
        using var reply = await app.GetAsync(door, "/", headers);
        Assert.Equal(HttpStatusCode.OK, reply.StatusCode);
        return await reply.Content.ReadAsStringAsync(Cancel);
    }
}
