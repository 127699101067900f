using PortalServices.Model.Tests.Model;
using PortalServices.Model.Tests.Steps;

namespace PortalServices.Model.Tests.Checks;

/// <summary>The audit: who changed what, when and why, and what was shown before and after.</summary>
internal static class AuditCheck
{
    private const int PageSize = 7;

    public static async Task CompareAsync(SiteRun run, Differences found)
    {
        var expected = run.Model.Adjustments.Audit.ToList();
        var page = 1 + (run.Comparisons % (1 + (expected.Count / PageSize)));
        if (await run.ReadAsOperatorAsync<Audit>(found, $"audit?page={page}&pageSize={PageSize}") is not { } audit)
        {
            return;
        }
        found.Compare("audit", (expected.Count, page, PageSize), (audit.Total, audit.Page, audit.PageSize));
        var onPage = expected.Skip((page - 1) * PageSize).Take(PageSize).ToList();
        found.Compare("audit entries", onPage.Count, audit.Items.Count);
        foreach (var (mine, its) in onPage.Zip(audit.Items))
        {
            found.Compare("audit entry", mine, its);
        }
    }

    private sealed record Audit(IReadOnlyList<AuditItem> Items, int Total, int Page, int PageSize);
}
