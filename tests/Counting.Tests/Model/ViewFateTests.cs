using PortalServices.Counting.Model;
using PortalServices.ServiceDefaults.Telemetry;

namespace PortalServices.Counting.Tests.Model;

/// <summary>The words for a fate outside of this process: they never change.</summary>
public sealed class ViewFateTests
{
    [Fact]
    public void Metrics_and_replies_name_a_fate_as_ever() =>
        Assert.Equal(
            [
                "Counted counted -",
                "Duplicate duplicate duplicate",
                "Bot bot bot",
                "OptedOut optedOut optedOut",
                "Expired expired -",
                "Refused refused -",
                "TooManyWaiting tooManyWaiting -",
                "StoreAway storeAway -",
                "StoreFull storeFull -",
            ],
            Enum.GetValues<ViewFate>().Select(fate => $"{fate} {MetricLabel.NameOf(fate)} {fate.ReplyReason() ?? "-"}")
        );

    [Fact]
    public void The_ledger_tells_a_fate_by_a_letter()
    {
        Assert.Equal(
            [ViewFate.Counted, ViewFate.Duplicate, ViewFate.Expired],
            new[] { 'c', 'd', 'e' }.Select(ViewFates.OfLetter)
        );
        Assert.Throws<InvalidOperationException>(() => ViewFates.OfLetter('x'));
    }
}
