namespace PortalServices.ServiceDefaults.Tests.Sites;

public sealed class SitePathTests
{
    [Theory]
    [InlineData("/api/sites/a/views", "a", false, "/views")]
    [InlineData("/API/Sites/a/pages/query", "a", false, "/pages/query")]
    [InlineData("/api/sites/a", "a", false, "")]
    [InlineData("/api/sites/a/", "a", false, "/")]
    [InlineData("/api/operator/sites/a/audit", "a", true, "/audit")]
    public void An_address_names_its_site(string path, string site, bool isOperator, string rest)
    {
        Assert.True(SitePath.TryParse(path, out var parsed));
        Assert.Equal((site, isOperator, rest), (parsed.Site, parsed.IsOperator, parsed.Rest.Value ?? ""));
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/api/sites")]
    [InlineData("/api/sites/")]
    [InlineData("/api/sites//views")]
    [InlineData("/api/sitesa/x")]
    [InlineData("/api/operator/a/b")]
    [InlineData("/x/api/sites/a")]
    public void Other_addresses_name_none(string path) => Assert.False(SitePath.TryParse(path, out _));
}
