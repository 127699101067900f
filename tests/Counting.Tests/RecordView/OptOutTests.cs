using Microsoft.AspNetCore.Http;
using PortalServices.Counting.RecordView;

namespace PortalServices.Counting.Tests.RecordView;

public sealed class OptOutTests
{
    [Theory]
    [InlineData("Sec-GPC", "1", true)]
    [InlineData("sec-gpc", "1", true)]
    [InlineData("DNT", "1", true)]
    [InlineData("DNT", " 1 ", true)]
    [InlineData("DNT", "0", false)]
    [InlineData("DNT", "null", false)]
    [InlineData("DNT", "unspecified", false)]
    [InlineData("DNT", "", false)]
    [InlineData("Sec-GPC", "0", false)]
    [InlineData("Sec-GPC", "11", false)]
    [InlineData("Sec-GPC", "true", false)]
    [InlineData("X-Other", "1", false)]
    public void Only_a_one_asks(string header, string value, bool asks)
    {
        var headers = new HeaderDictionary { [header] = value };
        Assert.Equal(
            asks ? OptOutOutcome.CountViewOnly : OptOutOutcome.CountWithVisitor,
            OptOut.Decide(OptOut.IsAsked(headers), VisitorPrivacy.ViewsOnly)
        );
        Assert.Equal(
            asks ? OptOutOutcome.Drop : OptOutOutcome.CountWithVisitor,
            OptOut.Decide(OptOut.IsAsked(headers), VisitorPrivacy.Drop)
        );
        Assert.Equal(OptOutOutcome.CountWithVisitor, OptOut.Decide(OptOut.IsAsked(headers), VisitorPrivacy.Ignore));
    }

    [Theory]
    [InlineData("1", "0")]
    [InlineData("0", "1")]
    public void One_of_the_two_headers_is_enough(string privacyControl, string doNotTrack) =>
        Assert.Equal(
            OptOutOutcome.CountViewOnly,
            OptOut.Decide(
                OptOut.IsAsked(new HeaderDictionary { ["Sec-GPC"] = privacyControl, ["DNT"] = doNotTrack }),
                VisitorPrivacy.ViewsOnly
            )
        );

    [Fact]
    public void Nobody_asks_without_the_headers() =>
        Assert.Equal(
            OptOutOutcome.CountWithVisitor,
            OptOut.Decide(OptOut.IsAsked(new HeaderDictionary()), VisitorPrivacy.Drop)
        );

    [Fact]
    public void A_header_sent_twice_asks_when_one_of_its_values_does() =>
        Assert.Equal(
            OptOutOutcome.CountViewOnly,
            OptOut.Decide(OptOut.IsAsked(new HeaderDictionary { ["DNT"] = new(["0", "1"]) }), VisitorPrivacy.ViewsOnly)
        );
}
