namespace PortalServices.ServiceDefaults.Tests.Sites;

public sealed class WebOriginTests
{
    private static readonly Site Listed = new()
    {
        Id = "a",
        Origins = ["https://portal.example", "https://xn--cng-zma.example", "http://[::1]:8080"],
    };

    [Theory]
    [InlineData("https://portal.example", "https://portal.example")]
    [InlineData("HTTPS://Portal.Example:443", "https://portal.example")]
    [InlineData("http://portal.example:80", "http://portal.example")]
    [InlineData("http://portal.example:443", "http://portal.example:443")]
    [InlineData("https://cổng.example", "https://xn--cng-qmz.example")]
    [InlineData("http://[::1]:8080", "http://[::1]:8080")]
    [InlineData("http://127.0.0.1:5000", "http://127.0.0.1:5000")]
    public void An_origin_has_one_spelling(string value, string expected)
    {
        Assert.True(WebOrigin.TryParse(value, out var origin));
        Assert.Equal(expected, origin);
        Assert.True(WebOrigin.TryParse(origin, out var again));
        Assert.Equal(origin, again);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("*")]
    [InlineData("portal.example")]
    [InlineData("//portal.example")]
    [InlineData("https://")]
    [InlineData("https://portal.example/")]
    [InlineData("https://portal.example/path")]
    [InlineData("https://portal.example?x")]
    [InlineData("https://portal.example#x")]
    [InlineData("https://user@portal.example")]
    [InlineData("https://portal.example\\x")]
    [InlineData("https://portal.example, https://other.example")]
    [InlineData("ftp://portal.example")]
    [InlineData("file:///etc")]
    [InlineData("javascript:alert(1)")]
    [InlineData("https://portal.example:99999")]
    [InlineData("https://portal.example\n")]
    [InlineData("\nhttps://portal.example")]
    [InlineData("https://portal.example\u007F")]
    public void Anything_else_is_none(string? value) => Assert.False(WebOrigin.TryParse(value, out _));

    [Theory]
    [InlineData(null, false)]
    [InlineData("https://portal.example", false)]
    [InlineData("https://portal.example:443", false)]
    [InlineData("http://own.example:8080", false)]
    [InlineData("HTTP://OWN.example:8080", false)]
    [InlineData("http://[::1]:8080", false)]
    [InlineData("http://own.example", true)]
    [InlineData("https://own.example:8080", true)]
    [InlineData("http://portal.example", true)]
    [InlineData("https://sub.portal.example", true)]
    [InlineData("https://portal.example.evil.example", true)]
    [InlineData("https://portal.example/", true)]
    [InlineData("null", true)]
    [InlineData("", true)]
    public void An_origin_is_foreign_unless_listed_or_the_doors_own(string? origin, bool foreign) =>
        Assert.Equal(foreign, Listed.IsForeign(origin, "http://own.example:8080"));

    [Theory]
    [InlineData("https://anything.example", false)]
    [InlineData("http://127.0.0.1:5500", false)]
    [InlineData("null", true)]
    [InlineData("", true)]
    [InlineData("*", true)]
    [InlineData("file:///a.html", true)]
    [InlineData("https://a.example, https://b.example", true)]
    public void No_origin_of_the_web_is_foreign_to_a_site_that_allows_any(string origin, bool foreign) =>
        Assert.Equal(
            foreign,
            new Site { Id = "a", AllowsAnyOrigin = true }.IsForeign(origin, "http://own.example:8080")
        );

    [Fact]
    public void The_doors_own_port_may_be_the_default_one_in_the_host_header() =>
        Assert.False(Listed.IsForeign("https://own.example", "https://own.example:443"));
}
