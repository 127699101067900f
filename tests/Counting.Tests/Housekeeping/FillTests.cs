using PortalServices.Counting.Housekeeping;

namespace PortalServices.Counting.Tests.Housekeeping;

/// <summary>How many view ids a ledger holds, as the metric shows them.</summary>
public sealed class FillTests
{
    [Theory]
    [InlineData("3 1000 940 2 500 10", 999, 940)]
    [InlineData("3 1000 940", 1000, 940)]
    // A silent site holds ids until they are tidied away, but its generation is over.
    [InlineData("3 1000 940 2 500 10", 1001, 0)]
    [InlineData("", 0, 0)]
    public void Ids_count_as_long_as_their_generation_lasts(string generations, long overBefore, long ids) =>
        Assert.Equal(ids, LedgerSweep.IdsOf(generations, overBefore));
}
