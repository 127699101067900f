using Microsoft.Playwright;
using PortalServices.Browser.Tests.Accessibility;
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

    // Everything is within its box and as large as can be read, blocks keep apart, and a number stays with its word.
    private const string LayoutFaults = """
        () => {
          const faults = [];
          const isShown = element => element.getClientRects().length > 0;
          const name = element => `${element.localName}.${element.getAttribute('class') || ''} "${element.textContent.trim().slice(0, 30)}"`;
          const all = selector => [...document.querySelectorAll(selector)].filter(isShown);
          for (const box of all('.card, .stats, .figures > div, .notice, .lead, .menu ul, .foot-parts > *')) {
            const { left, right } = box.getBoundingClientRect();
            const outside = [...box.querySelectorAll('*')].find(part => isShown(part)
              && !part.closest('.scroll, .hidden, pre') && (part.getBoundingClientRect().right > right + 1 || part.getBoundingClientRect().left < left - 1));
            if (box.scrollWidth > box.clientWidth || outside) faults.push(`${name(outside || box)} is outside its box`);
          }
          for (const block of all('main > *, main > section > *, main article > *, main article > section > *, .charts > section > *')) {
            const next = block.nextElementSibling;
            if (!next || !isShown(next) || block.matches('.hidden') || block.parentElement.closest('.lead, .card')) continue;
            const gap = next.getBoundingClientRect().top - block.getBoundingClientRect().bottom;
            if (gap > -2 && gap < 3) faults.push(`${name(next)} touches ${name(block)}`);
          }
          for (const chart of all('.chart')) {
            const texts = [...chart.querySelectorAll('text')].filter(isShown).map(text => text.getBoundingClientRect());
            const { left, right } = chart.getBoundingClientRect();
            if (texts.some(text => text.height < 11)) faults.push(`${name(chart)} has texts of ${Math.min(...texts.map(text => text.height))} px`);
            if (texts.some(text => text.left < left || text.right > right)) faults.push(`${name(chart)} cuts a text off`);
            if (texts.some((text, i) => texts.some((other, j) => i < j && text.left < other.right && other.left < text.right && text.top < other.bottom && other.top < text.bottom)))
              faults.push(`${name(chart)} has texts upon each other`);
          }
          const words = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
          while (words.nextNode()) {
            const { data, parentElement } = words.currentNode;
            if (/^[\d,\s]*(lượt xem|views)$/.test(data.trim()) && getComputedStyle(parentElement).whiteSpace !== 'nowrap') faults.push(`"${data}" may break from its number`);
          }
          if (all('.stats-age:empty').length) faults.push('the box has room for nothing');
          return [...new Set(faults)];
        }
        """;

    /// <summary>Each scheme, width and language once; in a long run all combinations.</summary>
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
                        var isFirst = scheme is ColorScheme.Light && width == 1280 && language == "vi";
                        var isOther = scheme is ColorScheme.Dark && width == 320 && language == "en";
                        if (LongRun.IsOn || isFirst || isOther)
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
        foreach (var path in (string[])[.. Pages, $"/theo-doi?receipt={portal.Receipt}"])
        {
            var address = $"{path}{(path.Contains('?', StringComparison.Ordinal) ? '&' : '?')}lang={language}";
            await page.GotoAsync(portal.Url(address), new() { WaitUntil = WaitUntilState.NetworkIdle });
            faults.AddRange((await AxeRules.ViolationsAsync(page)).Select(violation => $"{path} {violation}"));
            faults.AddRange(
                (await page.EvaluateAsync<string[]>("violations")).Select(violation => $"{path} policy: {violation}")
            );
            faults.AddRange((await page.EvaluateAsync<string[]>(LayoutFaults)).Select(fault => $"{path} {fault}"));
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
