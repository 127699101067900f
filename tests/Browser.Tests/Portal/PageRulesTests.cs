using Deque.AxeCore.Commons;
using Deque.AxeCore.Playwright;
using Microsoft.Playwright;
using PortalServices.Browser.Tests.Fixtures;
using PortalServices.Testing;

namespace PortalServices.Browser.Tests.Portal;

/// <summary>What holds of every page of the portal, however it is looked at.</summary>
public sealed class PageRulesTests(Chromium chromium, SeededPortal portal)
{
    // https://web.dev/articles/cls calls 0.1 good.
    private const double MaxShift = 0.02;

    private static readonly string[] Pages =
    [
        "/",
        "/tin-tuc",
        SeededPortal.Article,
        "/tim-kiem?q=hoc",
        "/video",
        "/tra-cuu",
        "/tra-cuu/van-ban?q=ke",
        "/hoi-dap",
        "/gop-y",
        "/theo-doi?receipt=AAAA-AAAA-AAAA",
        "/thong-ke",
        "/tiep-can",
        "/so-lieu",
        "/khong-co",
    ];

    private static readonly AxeRunOptions Rules = new()
    {
        RunOnly = new RunOnlyOptions
        {
            Type = "tag",
            Values = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"],
        },
    };

    /// <summary>Every two of scheme, width and language; in a long run all of them.</summary>
    public static TheoryData<ColorScheme, int, string> Looks
    {
        get
        {
            var looks = new TheoryData<ColorScheme, int, string>();
            foreach (var scheme in new[] { ColorScheme.Light, ColorScheme.Dark })
            {
                foreach (var width in new[] { 1280, 320 })
                {
                    foreach (var language in new[] { "vi", "en" })
                    {
                        var others = new[] { scheme is ColorScheme.Dark, width == 320, language == "en" }.Count(
                            isOther => isOther
                        );
                        if (LongRun.Factor > 1 || others % 2 == 0)
                        {
                            looks.Add(scheme, width, language);
                        }
                    }
                }
            }
            return looks;
        }
    }

    [Theory]
    [MemberData(nameof(Looks))]
    public async Task No_page_violates_a_rule(ColorScheme scheme, int width, string language)
    {
        await using var visitor = await chromium.NewVisitorAsync(
            new()
            {
                ColorScheme = scheme,
                ViewportSize = new() { Width = width, Height = 900 },
            }
        );
        await visitor.Profile.AddInitScriptAsync(
            """
            window.violations = [];
            addEventListener('securitypolicyviolation', event => violations.push(`${event.violatedDirective} ${event.blockedURI}`));
            window.shift = 0;
            new PerformanceObserver(list => list.getEntries().forEach(entry => { if (!entry.hadRecentInput) shift += entry.value; }))
              .observe({ type: 'layout-shift', buffered: true });
            """
        );
        var (faults, elsewhere) = (new List<string>(), new List<string>());
        visitor.Profile.Request += (_, request) =>
        {
            if (!request.Url.StartsWith(portal.Url("/"), StringComparison.Ordinal))
            {
                elsewhere.Add(request.Url);
            }
        };
        var page = await visitor.Profile.NewPageAsync();
        foreach (var path in Pages)
        {
            var address = $"{path}{(path.Contains('?', StringComparison.Ordinal) ? '&' : '?')}lang={language}";
            await page.GotoAsync(portal.Url(address), new() { WaitUntil = WaitUntilState.NetworkIdle });
            var result = await page.RunAxe(Rules);
            Assert.NotEmpty(result.Passes);
            faults.AddRange(
                result.Violations.SelectMany(rule =>
                    rule.Nodes.Select(node =>
                        $"{path} {rule.Id}: {node.Html} {string.Concat(node.Any.Select(check => check.Message))}"
                    )
                )
            );
            faults.AddRange(
                (await page.EvaluateAsync<string[]>("violations")).Select(violation => $"{path} policy: {violation}")
            );
            if (!await page.EvaluateAsync<bool>("document.documentElement.scrollWidth <= innerWidth"))
            {
                faults.Add($"{path} scrolls sideways");
            }
            if (await page.EvaluateAsync<double>("shift") is > MaxShift and var shift)
            {
                faults.Add($"{path} shifts by {shift}");
            }
        }
        Assert.True(faults.Count == 0, string.Join('\n', faults));
        Assert.Empty(elsewhere);
        Assert.Empty(visitor.Faults);
    }
}
