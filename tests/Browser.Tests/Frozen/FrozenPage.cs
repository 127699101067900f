using Microsoft.Playwright;
using PortalServices.Browser.Tests.Fixtures;
using PortalServices.Testing;

namespace PortalServices.Browser.Tests.Frozen;

/// <summary>
/// A page with the markup that a version of the contract promised. Its file is never changed: what a webmaster wrote for
/// that version works in every later one.
/// </summary>
internal sealed class FrozenPage(Product product, string version)
{
    /// <summary>The site of the page, new for each test.</summary>
    public Site Site { get; } = product.NewSite();

    /// <summary>What the page adds to its policy, as the contract says.</summary>
    public string Policy =>
        $"default-src 'none'; script-src {product.Door}; connect-src {product.Door}; img-src {product.Door}; "
        + $"media-src {product.Door}; style-src 'self'";

    /// <summary>Opens it at the listed origin.</summary>
    /// <param name="visitor">Who opens it.</param>
    /// <param name="style">Style sheet in place of the page's own.</param>
    public async Task<IPage> OpenAsync(Visitor visitor, string? style = null)
    {
        // Only the address of the door and the site, of which each test has its own, are put in.
        var html = (await ReadAsync("html"))
            .Replace("https://HOST", product.Door, StringComparison.Ordinal)
            .Replace("sonla", Site.Id, StringComparison.Ordinal);
        product.Pages.Put(Site.Path($"{version}.html"), html, policy: Policy);
        product.Pages.Put(Site.Path($"{version}.css"), style ?? await ReadAsync("css"), "text/css");
        return await visitor.OpenAsync(Site.Url($"{version}.html"));
    }

    private Task<string> ReadAsync(string type) =>
        File.ReadAllTextAsync(
            Path.Combine(Repository.Root, "tests/Browser.Tests/Frozen", $"{version}.{type}"),
            TestContext.Current.CancellationToken
        );
}
