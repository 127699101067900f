using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Time.Testing;
using PortalServices.Testing;

namespace PortalServices.ServiceDefaults.Tests.Health;

/// <summary>A part that stands still is told as that, in time, and takes nothing else with it.</summary>
public sealed class FrozenCheckTests : IDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly TaskCompletionSource _frozen = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ManualResetEventSlim _blocked = new();
    private int _runs,
        _othersRuns;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _blocked.Dispose();

    [Theory]
    [InlineData(HealthStatus.Degraded, 200, false)]
    [InlineData(HealthStatus.Degraded, 200, true)]
    [InlineData(HealthStatus.Unhealthy, 503, false)]
    public async Task A_check_that_never_ends_is_reported_with_its_failure_status_and_asked_once(
        HealthStatus failure,
        int status,
        bool blocks
    )
    {
        await using var app = await StartAsync(failure, blocks);
        var (code, checks) = await WithTimeGoingOnAsync(app);
        Assert.Equal(status, code);
        AssertSaid(checks, "frozen", failure, "It did not answer within 600 ms.");
        AssertSaid(checks, "sound", HealthStatus.Healthy, "sound");

        // Time stands still now: who asks later is answered at once, by the run that is under way.
        foreach (var probe in await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => ReadyAsync(app))))
        {
            AssertSaid(probe.Checks, "frozen", failure, "It did not answer within 600 ms.");
        }
        _time.Advance(TimeSpan.FromSeconds(30));
        Assert.InRange(
            (await ReadyAsync(app))
                .Checks.GetProperty("frozen")
                .GetProperty("data")
                .GetProperty("unansweredSeconds")
                .GetInt32(),
            30,
            3_600
        );
        Assert.Equal(1, _runs);
        // Those who ask in the same moment share a run.
        Assert.InRange(_othersRuns, 3, 22);

        _frozen.SetResult();
        _blocked.Set();
        await Eventually.HoldsAsync(
            async () => SaidOf(await ReadyAsync(app), "frozen") == "sound again",
            "it is asked again",
            Cancel
        );
        Assert.InRange(_runs, 2, 3);
    }

    [Fact]
    public async Task Who_asks_while_a_check_runs_waits_for_that_run_and_one_that_gives_up_takes_it_from_nobody()
    {
        await using var app = await StartAsync(HealthStatus.Degraded, blocks: false);
        using var impatient = new CancellationTokenSource();
        var gone = app.Client.GetAsync(app.At(Door.Probe, "/health/ready"), impatient.Token);
        var first = ReadyAsync(app);
        await Eventually.HoldsAsync(() => Volatile.Read(ref _runs) == 1, "it runs", Cancel);
        await impatient.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => gone);
        var second = ReadyAsync(app);
        _frozen.SetResult();
        Assert.Equal(("sound again", "sound again"), (SaidOf(await first, "frozen"), SaidOf(await second, "frozen")));
    }

    [Fact]
    public async Task A_check_that_can_be_cancelled_is_and_is_asked_anew()
    {
        await using var app = await StartAsync(HealthStatus.Degraded, blocks: false, heeds: true);
        AssertSaid(
            (await WithTimeGoingOnAsync(app)).Checks,
            "frozen",
            HealthStatus.Degraded,
            "It did not answer within 600 ms."
        );
        await Eventually.HoldsAsync(
            async () =>
            {
                await WithTimeGoingOnAsync(app);
                return Volatile.Read(ref _runs) > 1;
            },
            "it is asked again",
            Cancel
        );
    }

    [Fact]
    public async Task A_check_that_throws_is_reported_with_its_failure_status()
    {
        await using var app = await TestApp.StartAsync(
            builder =>
                Add(builder.Services, "broken", HealthStatus.Degraded, _ => throw new InvalidDataException("secret")),
            _ => { }
        );
        var (code, checks) = await ReadyAsync(app);
        Assert.Equal(200, code);
        AssertSaid(checks, "broken", HealthStatus.Degraded, "The check failed: InvalidDataException.");
    }

    private static string? SaidOf((int, JsonElement Checks) reply, string name) =>
        reply.Checks.GetProperty(name).GetProperty("description").GetString();

    private static void AssertSaid(JsonElement checks, string name, HealthStatus status, string description) =>
        Assert.Equal(
            (JsonNamingPolicy.CamelCase.ConvertName(status.ToString()), description),
            (
                checks.GetProperty(name).GetProperty("status").GetString(),
                checks.GetProperty(name).GetProperty("description").GetString()
            )
        );

    private async Task<(int Status, JsonElement Checks)> WithTimeGoingOnAsync(TestApp app)
    {
        var reply = ReadyAsync(app);
        await Eventually.HoldsAsync(
            () =>
            {
                _time.Advance(TimeSpan.FromMilliseconds(100));
                return reply.IsCompleted;
            },
            "it answers",
            Cancel
        );
        return await reply;
    }

    private static async Task<(int Status, JsonElement Checks)> ReadyAsync(TestApp app)
    {
        using var reply = await app.GetAsync(Door.Probe, "/health/ready");
        return (
            (int)reply.StatusCode,
            (await reply.Content.ReadFromJsonAsync<JsonElement>(Cancel)).GetProperty("checks").Clone()
        );
    }

    private Task<TestApp> StartAsync(HealthStatus failure, bool blocks, bool heeds = false) =>
        TestApp.StartAsync(
            builder =>
            {
                builder.Services.Replace(ServiceDescriptor.Singleton<TimeProvider>(_time));
                Add(
                    builder.Services,
                    "frozen",
                    failure,
                    async cancel =>
                    {
                        Interlocked.Increment(ref _runs);
                        if (blocks)
                        {
                            _blocked.Wait(CancellationToken.None);
                        }
                        else
                        {
                            await _frozen.Task.WaitAsync(heeds ? cancel : CancellationToken.None);
                        }
                        return HealthCheckResult.Healthy("sound again");
                    }
                );
                Add(
                    builder.Services,
                    "sound",
                    HealthStatus.Degraded,
                    _ =>
                    {
                        Interlocked.Increment(ref _othersRuns);
                        return Task.FromResult(HealthCheckResult.Healthy("sound"));
                    }
                );
            },
            _ => { }
        );

    private static void Add(
        IServiceCollection services,
        string name,
        HealthStatus failure,
        Func<CancellationToken, Task<HealthCheckResult>> check
    ) => services.AddHealthChecks().Add(new HealthCheckRegistration(name, _ => new Check(check), failure, tags: null));

    private sealed class Check(Func<CancellationToken, Task<HealthCheckResult>> check) : IHealthCheck
    {
        public Task<HealthCheckResult> CheckHealthAsync(
            HealthCheckContext context,
            CancellationToken cancellationToken = default
        ) => check(cancellationToken);
    }
}
