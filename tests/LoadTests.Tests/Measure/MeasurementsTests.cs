using Microsoft.Extensions.Time.Testing;
using PortalServices.LoadTests.Measure;
using PortalServices.LoadTests.Sending;

namespace PortalServices.LoadTests.Tests.Measure;

public sealed class MeasurementsTests
{
    [Fact]
    public void What_was_due_during_the_warm_up_has_no_part_in_the_latencies()
    {
        var time = new FakeTimeProvider();
        var of = new Measurements(["view"], time, time.GetTimestamp(), warmUp: TimeSpan.FromSeconds(5));
        for (var second = 0; second < 10; second++)
        {
            var latency = TimeSpan.FromMilliseconds(second < 5 ? 500 : 20);
            var call = new Call(second, 0, 0, time.GetTimestamp(), time.GetTimestamp())
            {
                Dispatched = time.GetTimestamp(),
            };
            of.Dispatch(call);
            time.Advance(latency);
            call.Ended = time.GetTimestamp();
            of.End(call, kind: 0, Outcome.Counted);
            of.Acknowledge(latency);
            time.Advance(TimeSpan.FromSeconds(1) - latency);
        }

        Assert.Equal((10, 10), (of.Dispatched, of.Succeeded));
        Percentiles[] all = [of.All.Total, of.ByKind["view"], of.UntilAcknowledged.Total];
        Assert.All(all, each => Assert.Equal((5, true), (each.Count, each.Max is > 19 and < 21)));
        Assert.Equal(5, of.Lateness.Total.Count);
    }
}
