using PortalServices.Testing.Processes;

namespace PortalServices.Crash.Tests.Fixtures;

/// <summary>
/// The tests below stand on these: a kill is a kill, a restart finds the same data, a pause keeps the connections.
/// </summary>
public sealed class RedisServerTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_killed_server_comes_back_with_what_it_had_acknowledged()
    {
        await using var redis = await RedisServer.StartAsync();
        await using (var connection = await redis.ConnectAsync())
        {
            await connection.GetDatabase().StringSetAsync("key", "kept");
        }

        await redis.RestartAsync();

        await using var after = await redis.ConnectAsync();
        Assert.Equal("kept", await after.GetDatabase().StringGetAsync("key"));
    }

    [Fact]
    public async Task A_paused_server_answers_once_it_goes_on()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var connection = await redis.ConnectAsync();
        redis.Pause();
        var waiting = connection.GetDatabase().StringIncrementAsync("key");
        Assert.NotSame(waiting, await Task.WhenAny(waiting, Task.Delay(200, Cancel)));
        redis.Resume();
        Assert.Equal(1, await waiting);
    }

    [Fact]
    public async Task Calls_inside_a_script_are_in_the_command_statistics()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var connection = await redis.ConnectAsync();
        await connection.GetDatabase().ScriptEvaluateAsync("redis.call('HSET', KEYS[1], 'a', 1)", ["key"]);
        var calls = await redis.CommandStatsAsync();
        Assert.Equal(1, calls["hset"]);
    }
}
