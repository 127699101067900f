using System.Globalization;
using PortalServices.Counting.Ledger;
using PortalServices.Counting.Model;

namespace PortalServices.Counting.Tests.Ledger;

public sealed class ChangedPagesTests
{
    private readonly ChangedPages _changed = new(new SiteList([new Site { Id = "site" }]));

    [Fact]
    public void Of_several_notes_of_a_page_the_newest_waits()
    {
        Note("/a", 5, 2, 7);
        Note("/a", 4, 2, 6);
        Note("/a", 9, 1, 99);
        Assert.Equal(new PageViews(5, new LedgerVersion(2, 7)), _changed.Waiting("site").Single().Value);
        Note("/a", 3, 3, 1);
        Assert.Equal(3, _changed.Waiting("site").Single().Value.Views);
    }

    [Fact]
    public void What_was_announced_waits_no_more_unless_a_newer_number_was_noted()
    {
        Note("/a", 5, 2, 7);
        _changed.Announced("site", "/a", new PageViews(4, new LedgerVersion(2, 6)));
        Assert.Single(_changed.Waiting("site"));
        _changed.Announced("site", "/a", new PageViews(6, new LedgerVersion(2, 8)));
        Assert.Empty(_changed.Waiting("site"));
    }

    [Fact]
    public void Past_the_bound_no_page_is_added_and_all_are_to_be_announced_once()
    {
        for (var i = 0; i < ChangedPages.MaxPages; i++)
        {
            Note(string.Create(CultureInfo.InvariantCulture, $"/{i}"), 1, 1, 1);
        }

        Assert.False(_changed.TakeOverflow("site"));
        Note("/more", 1, 1, 2);
        Note("/0", 2, 1, 2);
        Assert.Equal(ChangedPages.MaxPages, _changed.Waiting("site").Length);
        Assert.True(_changed.TakeOverflow("site"));
        Assert.False(_changed.TakeOverflow("site"));
        Assert.Equal(2, _changed.Waiting("site").Single(page => page.Key == "/0").Value.Views);
    }

    private void Note(string path, long views, long epoch, long commit) =>
        _changed.Note(
            "site",
            path,
            PageRecord.Parse(string.Create(CultureInfo.InvariantCulture, $"{views} 0 0 0 0 0 0 0 0|||0198")),
            new LedgerVersion(epoch, commit)
        );
}
