namespace PortalServices.Counting.Ledger;

/// <summary>An article that marks its pages as published, or does so no more.</summary>
/// <param name="Article">The article.</param>
/// <param name="Version">Its version, from 1 to <see cref="ViewLedger.MaxVersion"/>; the highest one is true.</param>
/// <param name="IsPublished">Else withdrawn.</param>
/// <param name="Paths">Its pages, each once.</param>
internal sealed record ArticleMark(Guid Article, long Version, bool IsPublished, IReadOnlyList<string> Paths);
