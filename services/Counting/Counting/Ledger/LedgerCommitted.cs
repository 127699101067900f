namespace PortalServices.Counting.Ledger;

/// <summary>This process committed views, and the commit is on disk.</summary>
/// <param name="Site">The site.</param>
/// <param name="Numbers">The site's numbers as of the commit, and all pages that it changed.</param>
/// <param name="HasNewVisitors">It brought visitors that were not known to be stored.</param>
internal sealed record LedgerCommitted(string Site, LedgerRead Numbers, bool HasNewVisitors)
{
    public IReadOnlyList<KeyValuePair<string, PageRecord>> Pages => Numbers.Pages;
}

/// <summary>Keeps something that commits change. The views of a commit are answered when all have it.</summary>
internal interface ILedgerSubscriber
{
    ValueTask CommittedAsync(LedgerCommitted commit);
}
