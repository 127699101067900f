using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using PortalServices.Browser.Tests.Fixtures;
using PortalServices.Testing;

namespace PortalServices.Browser.Tests.Portal;

/// <summary>How old the numbers of a page are, which it says while they are not current and no longer.</summary>
public sealed partial class AgeTests(Chromium chromium, SeededPortal portal)
{
    private const string Instant = "2026-11-30T17:15:00Z";
    private const string Minute = "01:00";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    // A reader elsewhere sees the clock of the site, as the server writes it.
    [Theory, Rows]
    [LongRow("/", "Số liệu lúc 00:15 01/12/2026")]
    [UsualRow("/thong-ke?lang=en", "As of 00:15 1 Dec 2026")]
    public async Task It_goes_when_numbers_are_current_again_though_they_are_the_same(string path, string words)
    {
        await using var visitor = await chromium.NewVisitorAsync(new() { TimezoneId = "America/New_York" });
        var page = await visitor.Profile.NewPageAsync();
        await page.Clock.InstallAsync();
        // As the server writes a page while the numbers are old.
        var html = (await portal.PublicDoor.GetAsync(path, Cancel)).Body;
        var old = AgeMark().Replace(html, match => $"{match.Value}{words}");
        Assert.NotEqual(html, old);
        await page.RouteAsync(
            portal.Url(path),
            route => route.FulfillAsync(new() { ContentType = "text/html", Body = old })
        );
        var isStale = false;
        var reply = Reply(html);
        await page.RouteAsync(
            "**/api/**",
            route =>
                route.FulfillAsync(
                    new()
                    {
                        ContentType = "application/json",
                        Body = reply.Replace(
                            "\"stale\":false",
                            isStale ? "\"stale\":true" : "\"stale\":false",
                            StringComparison.Ordinal
                        ),
                    }
                )
        );
        await page.GotoAsync(portal.Url(path));
        var age = page.Locator(".stats-age");
        await Assertions.Expect(age).ToHaveTextAsync("");
        foreach (var stale in (bool[])[true, false])
        {
            isStale = stale;
            await page.Clock.FastForwardAsync(Minute);
            await Assertions.Expect(age).ToHaveTextAsync(stale ? words : "");
        }
        Assert.Empty(visitor.Faults);
    }

    [Theory, Rows]
    [UsualRow("/")]
    [LongRow("/thong-ke")]
    public async Task Numbers_of_the_server_get_one_when_no_others_come(string path)
    {
        await using var visitor = await chromium.NewVisitorAsync();
        var page = await visitor.Profile.NewPageAsync();
        await page.RouteAsync("**/api/**", route => route.AbortAsync());
        await page.GotoAsync(portal.Url(path));
        await Assertions
            .Expect(page.Locator(".stats-age"))
            .ToHaveTextAsync(new Regex(@"^Số liệu lúc \d\d:\d\d \d\d/\d\d/\d{4}$"));
        await Assertions.Expect(page.Locator("[data-portal=total]")).ToHaveTextAsync(new Regex("^18,"));
    }

    // What the page shows, as the API says it.
    private static string Reply(string html)
    {
        long Number(string name) =>
            long.Parse(
                Regex.Match(html, $"data-portal=\"{name}\"[^>]*>([0-9,]+)<").Groups[1].Value,
                NumberStyles.AllowThousands,
                CultureInfo.InvariantCulture
            );
        return string.Create(
            CultureInfo.InvariantCulture,
            $$$"""{"online":{{{Number("online")}}},"views":{"today":{{{Number("today")}}},"week":{{{Number("week")}}},"total":{{{Number("total")}}}},"asOf":"{{{Instant}}}","stale":false}"""
        );
    }

    [GeneratedRegex("""<p class="stats-age"[^>]*>""")]
    private static partial Regex AgeMark();
}
