namespace PortalServices.ServiceDefaults.Tests.Doors;

/// <summary>A door listens where its address says, and never at more addresses.</summary>
public sealed class DoorAddressTests
{
    [Theory]
    [InlineData("http://127.0.0.1:8081", "127.0.0.1", 8081)]
    [InlineData("http://127.0.0.1:0", "127.0.0.1", 0)]
    [InlineData("HTTP://LocalHost:8081/", "localhost", 8081)]
    [InlineData("http://localhost", "localhost", 80)]
    [InlineData("https://10.1.2.3", "10.1.2.3", 443)]
    [InlineData("http://*:8080", "*", 8080)]
    [InlineData("http://+:8080", "+", 8080)]
    [InlineData("http://0.0.0.0:8080", "0.0.0.0", 8080)]
    [InlineData("http://[::]:8080", "[::]", 8080)]
    [InlineData("http://[::1]:8080", "[::1]", 8080)]
    [InlineData("http://[::1]", "[::1]", 80)]
    [InlineData("http://[0:0:0:0:0:0:0:1]:65535", "[0:0:0:0:0:0:0:1]", 65535)]
    public void An_address_says_where(string url, string host, int port)
    {
        Assert.Null(DoorAddress.Parse(url, out var address));
        Assert.Equal((host, port), (address!.Host, address.Port));
        Assert.Equal(host is "*" or "+" or "0.0.0.0" or "[::]", address.IsAny);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("8080")]
    [InlineData("localhost")]
    [InlineData("localhost:8080")]
    [InlineData("//localhost:8080")]
    [InlineData("http:/localhost:8080")]
    [InlineData("http://")]
    [InlineData("http://:8080")]
    [InlineData("ftp://localhost:8080")]
    [InlineData("http://127.0.0.l:8081")]
    [InlineData("http://portal.example:8081")]
    [InlineData("http://localhost.:8081")]
    [InlineData("http://localhost :8081")]
    [InlineData("http:// localhost:8081")]
    [InlineData("http://127.0.0.1:8081 ")]
    [InlineData("http://127.0.0.1:8081\n")]
    [InlineData("http://127.0.0.1\n:8081")]
    [InlineData("http://0:8081")]
    [InlineData("http://127.1:8081")]
    [InlineData("http://2130706433:8081")]
    [InlineData("http://0x7f.0.0.1:8081")]
    [InlineData("http://010.0.0.1:8081")]
    [InlineData("http://127.0.0.01:8081")]
    [InlineData("http://127.0.0.1.:8081")]
    [InlineData("http://256.0.0.1:8081")]
    [InlineData("http://::1:8081")]
    [InlineData("http://[::1:8081")]
    [InlineData("http://[::1]8081")]
    [InlineData("http://[127.0.0.1]:8081")]
    [InlineData("http://[::ffff:127.0.0.1]:8081")]
    [InlineData("http://[fe80::1%1]:8081")]
    [InlineData("http://[fe80::1%nothing]:8081")]
    [InlineData("http://[::1%1]:8081")]
    [InlineData("http://**:8081")]
    [InlineData("http://*.example:8081")]
    [InlineData("http://localhost:0")]
    [InlineData("http://localhost:99999")]
    [InlineData("http://localhost:65536")]
    [InlineData("http://localhost:-1")]
    [InlineData("http://localhost:+1")]
    [InlineData("http://localhost:0x50")]
    [InlineData("http://localhost:")]
    [InlineData("http://localhost:80a")]
    [InlineData("http://localhost:8080/base")]
    [InlineData("http://localhost:8080//")]
    [InlineData("http://localhost:8080?x")]
    [InlineData("http://localhost:8080#x")]
    [InlineData("http://localhost/8080")]
    [InlineData("http://unix:/tmp/portal.sock")]
    [InlineData("http://unix:/tmp/portal.sock:80")]
    [InlineData("http://pipe:/portal")]
    [InlineData("http://sockets.fd/3")]
    [InlineData("http://127.0.0.1:8080;http://127.0.0.1:8081")]
    public void What_is_not_clear_is_refused(string? url)
    {
        Assert.NotNull(DoorAddress.Parse(url, out var address));
        Assert.Null(address);
    }

    [Fact]
    public void What_may_be_a_password_is_not_repeated()
    {
        var mistake = DoorAddress.Parse("http://me:hunter2@localhost:8080", out var address);
        Assert.Null(address);
        Assert.DoesNotContain("hunter2", mistake, StringComparison.Ordinal);
    }
}
