using System.Collections.Concurrent;
using PortalServices.Counting.Model;

namespace PortalServices.Counting.Ledger;

/// <summary>
/// The published pages whose shown total this process changed and has not announced yet, each with its newest number.
/// Notes cost a commit one write to a dictionary a page, and wait for nobody.
/// </summary>
internal sealed class ChangedPages(SiteList sites) : ILedgerSubscriber
{
    /// <summary>Of one site; about 20 MB. Past it, all published pages are announced anew instead.</summary>
    public const int MaxPages = 100_000;

    private readonly PerSite<SiteChanges> _bySite = new(sites, _ => new SiteChanges());

    public ValueTask CommittedAsync(LedgerCommitted commit)
    {
        foreach (var (path, record) in commit.Pages)
        {
            Note(commit.Site, path, record, commit.Numbers.Site.Version);
        }

        return ValueTask.CompletedTask;
    }

    /// <summary>A page's record as of a state of the ledger. Of several the newest is kept.</summary>
    public void Note(string site, string path, PageRecord record, LedgerVersion version)
    {
        if (!record.IsPublished || !_bySite.TryGet(site, out var changes))
        {
            return;
        }

        if (!changes.Pages.ContainsKey(path) && changes.Pages.Count >= MaxPages)
        {
            changes.Overflowed = true;
            return;
        }

        changes.Pages.AddOrUpdate(
            path,
            static (_, note) => note,
            static (_, held, note) => note.Version.CompareTo(held.Version) > 0 ? note : held,
            new PageViews(record.ShownTotal, version)
        );
    }

    /// <summary>What waits to be announced.</summary>
    public KeyValuePair<string, PageViews>[] Waiting(string site) => _bySite.Of(site).Pages.ToArray();

    /// <summary>A number was announced, so an older one of the page need not be.</summary>
    public void Announced(string site, string path, PageViews views)
    {
        var pages = _bySite.Of(site).Pages;
        while (pages.TryGetValue(path, out var held) && held.Version.CompareTo(views.Version) <= 0)
        {
            // Unless a newer one was noted in between.
            if (pages.TryRemove(KeyValuePair.Create(path, held)))
            {
                return;
            }
        }
    }

    /// <summary>Has all published pages of a site announced: their numbers are of another epoch.</summary>
    public void AnnounceAll(string site) => _bySite.Of(site).Overflowed = true;

    /// <summary>
    /// Whether changes were let go, or all are of another epoch, since it was asked last: all published pages of the
    /// site are to be announced.
    /// </summary>
    public bool TakeOverflow(string site) => Interlocked.Exchange(ref _bySite.Of(site).Overflowed, false);

    private sealed class SiteChanges
    {
        public bool Overflowed;

        public ConcurrentDictionary<string, PageViews> Pages { get; } = new(StringComparer.Ordinal);
    }
}

/// <summary>Views that a page shows in all, and the state of the ledger in which it does.</summary>
internal readonly record struct PageViews(long Views, LedgerVersion Version);
