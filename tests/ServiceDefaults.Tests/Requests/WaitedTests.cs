using Microsoft.AspNetCore.Http;

namespace PortalServices.ServiceDefaults.Tests.Requests;

public sealed class WaitedTests
{
    [Fact]
    public void Waits_add_up_and_are_rounded_up()
    {
        var headers = new HeaderDictionary();
        GatewayHeaders.AddWaited(headers, TimeSpan.Zero);
        Assert.Empty(headers);
        GatewayHeaders.AddWaited(headers, TimeSpan.FromMilliseconds(0.1));
        GatewayHeaders.AddWaited(headers, TimeSpan.FromMilliseconds(1_500));
        Assert.Equal(1_501, GatewayHeaders.WaitedMilliseconds(headers));
    }

    [Theory]
    [InlineData("12", 12)]
    [InlineData("-12", 0)]
    [InlineData("1e3", 0)]
    [InlineData("", 0)]
    [InlineData("9999999999999", 0)]
    public void What_is_no_time_is_none(string text, long milliseconds) =>
        Assert.Equal(
            milliseconds,
            GatewayHeaders.WaitedMilliseconds(new HeaderDictionary { [GatewayHeaders.Waited] = text })
        );
}
