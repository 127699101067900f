using System.Diagnostics;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using OpenTelemetry.Trace;
using PortalServices.ServiceDefaults.Telemetry;

namespace PortalServices.ServiceDefaults.Tests.Telemetry;

public sealed class TraceSamplerTests
{
    private readonly FakeTimeProvider _time = new();

    [Theory]
    [InlineData("parentbased_always_off", true, true)]
    [InlineData("parentbased_always_on", false, false)]
    [InlineData("always_on", false, true)]
    [InlineData("always_off", true, false)]
    public void A_caller_is_followed_where_the_sampler_is_based_on_parents(
        string sampler,
        bool records,
        bool recorded
    ) => Assert.Equal(recorded, IsRecorded(Sampler(sampler), Caller(records)));

    [Theory]
    [InlineData("always_on", false)]
    [InlineData("always_off", true)]
    public void Within_a_process_a_span_is_recorded_with_the_one_above_it(string sampler, bool records) =>
        Assert.Equal(
            records,
            IsRecorded(
                Sampler(sampler),
                new(ActivityTraceId.CreateRandom(), ActivitySpanId.CreateRandom(), Flags(records), isRemote: false)
            )
        );

    [Fact]
    public void About_the_share_that_is_set_is_recorded()
    {
        var sampler = Sampler("traceidratio", ratio: "0.1");
        var recorded = Enumerable.Range(0, 10_000).Count(_ => IsRecorded(sampler, default));
        Assert.InRange(recorded, 700, 1_300);
    }

    [Fact]
    public void What_background_work_asks_of_a_database_is_no_trace() =>
        Assert.False(IsRecorded(Sampler("always_on"), default, ActivityKind.Client));

    [Fact]
    public void Callers_that_have_everything_recorded_get_so_many_traces_a_second()
    {
        var sampler = Sampler("parentbased_always_on", maxPerSecond: 5);
        Assert.Equal(5, Recorded());
        Assert.Equal(0, Recorded());
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(5, Recorded());

        int Recorded() => Enumerable.Range(0, 100).Count(_ => IsRecorded(sampler, Caller(records: true)));
    }

    private TraceSampler Sampler(string name, string? ratio = null, int maxPerSecond = 0) =>
        new(
            new OtlpSettings(
                new ConfigurationBuilder()
                    .AddInMemoryCollection(
                        new Dictionary<string, string?>
                        {
                            ["OTEL_TRACES_SAMPLER"] = name,
                            ["OTEL_TRACES_SAMPLER_ARG"] = ratio,
                        }
                    )
                    .Build()
            ),
            Options.Create(new TraceLimitOptions { MaxPerSecond = maxPerSecond }),
            _time
        );

    private static bool IsRecorded(
        TraceSampler sampler,
        ActivityContext parent,
        ActivityKind kind = ActivityKind.Server
    ) =>
        sampler
            .ShouldSample(
                new SamplingParameters(
                    parent,
                    parent.TraceId == default ? ActivityTraceId.CreateRandom() : parent.TraceId,
                    "request",
                    kind
                )
            )
            .Decision == SamplingDecision.RecordAndSample;

    private static ActivityContext Caller(bool records) =>
        new(ActivityTraceId.CreateRandom(), ActivitySpanId.CreateRandom(), Flags(records), isRemote: true);

    private static ActivityTraceFlags Flags(bool records) =>
        records ? ActivityTraceFlags.Recorded : ActivityTraceFlags.None;
}
