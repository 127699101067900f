namespace PortalServices.Edge.Tests.Doors;

public sealed class PublicDoorTests
{
    [Theory]
    [InlineData("/api/operator/sites/sonla/audit")]
    [InlineData("/API/OPERATOR")]
    [InlineData("/health/ready")]
    [InlineData("/health/live")]
    [InlineData("/metrics")]
    [InlineData("/docs/")]
    [InlineData("/openapi/counting.json")]
    public async Task What_is_for_operators_and_machines_is_not_there_for_the_internet(string path)
    {
        await using var app = await EdgeApp.StartAsync();
        using var reply = await app.GetAsync(Door.Public, path);
        Assert.Equal((404, "not_found"), await reply.OutcomeAsync());
    }

    [Theory]
    [InlineData("/openapi/counting.json")]
    [InlineData("/api/sites/sonla/stats")]
    public async Task The_operators_door_has_it_and_the_public_addresses_too(string path)
    {
        await using var app = await EdgeApp.StartAsync();
        using var reply = await app.GetAsync(Door.Operators, path);
        Assert.Equal(path, (await reply.SeenAsync()).Target);
    }

    [Fact]
    public async Task Operators_addresses_need_a_key_at_their_door()
    {
        await using var app = await EdgeApp.StartAsync();
        using var reply = await app.GetAsync(Door.Operators, "/api/operator/sites/sonla/audit");
        Assert.Equal((401, "operator_key_required"), await reply.OutcomeAsync());
    }

    [Theory]
    [InlineData("/documents")]
    [InlineData("/healthy")]
    [InlineData("/api/operators")]
    public async Task Addresses_that_only_look_like_it_are_open(string path)
    {
        await using var app = await EdgeApp.StartAsync();
        using var reply = await app.GetAsync(Door.Public, path);
        Assert.Equal(path, (await reply.SeenAsync()).Target);
    }
}
