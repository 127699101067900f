using Deque.AxeCore.Commons;
using Deque.AxeCore.Playwright;
using Microsoft.Playwright;

namespace PortalServices.Browser.Tests.Accessibility;

/// <summary>The rules of WCAG 2.2 A and AA, as axe-core checks them.</summary>
internal static class AxeRules
{
    private static readonly AxeRunOptions Options = new()
    {
        RunOnly = new RunOnlyOptions
        {
            Type = "tag",
            Values = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"],
        },
        ResultTypes = [ResultType.Violations],
    };

    /// <summary>What violates a rule: the rule, the element and why.</summary>
    public static async Task<IReadOnlyList<string>> ViolationsAsync(IPage page)
    {
        // The other mode puts the results together in a page of its own, for frames of other origins: there are none here,
        // and each run takes twice as long.
#pragma warning disable CS0618
        var result = await page.RunAxeLegacy(null, Options);
#pragma warning restore CS0618
        Assert.NotEmpty(result.Passes);
        return
        [
            .. result.Violations.SelectMany(rule =>
                rule.Nodes.Select(node =>
                    $"{rule.Id}: {node.Target} {node.Html} {string.Concat(node.Any.Select(check => check.Message))}"
                )
            ),
        ];
    }
}
