using System.Globalization;
using CsCheck;
using PortalServices.Counting.Ledger;
using PortalServices.Counting.RankPages;

namespace PortalServices.Counting.Tests.RankPages;

public sealed class RankedPagesTests
{
    private const int Most = 5;

    /// <summary>Views of pages, one after the other: a page is offered whenever it has one more.</summary>
    private static readonly Gen<(int Page, bool Today)[]> Views = Gen.Select(Gen.Int[0, 60], Gen.Bool).Array[0, 400];

    [Fact]
    public void The_ranking_is_that_of_all_pages_though_few_are_kept() =>
        Views.Sample(
            views =>
            {
                var ranked = new RankedPages(Most);
                var model = new Dictionary<string, (long Today, long Total)>();
                foreach (var (page, today) in views)
                {
                    var path = string.Create(CultureInfo.InvariantCulture, $"/{page}");
                    var (ofToday, total) = model.GetValueOrDefault(path);
                    model[path] = (ofToday + (today ? 1 : 0), total + 1);
                    ranked.Offer(path, Record(model[path]), 20, 14);
                    if (ranked.IsFull)
                    {
                        ranked.Keep(RankedPages.Choose(ranked.All(), Most, 20, 14));
                    }
                }

                foreach (var limit in new[] { 1, Most })
                {
                    Assert.Equal(Best(model, page => page.Total, limit), Top(ranked, RankPeriod.Total, limit));
                    Assert.Equal(Best(model, page => page.Today, limit), Top(ranked, RankPeriod.Today, limit));
                }
            },
            iter: 2_000
        );

    [Fact]
    public void Once_it_was_chosen_a_page_below_is_not_taken_in_and_yesterdays_choice_holds_for_no_other_day()
    {
        var ranked = new RankedPages(Most);
        for (var page = 0; !ranked.IsFull; page++)
        {
            ranked.Offer(
                string.Create(CultureInfo.InvariantCulture, $"/{page}"),
                Record((100 + page, 100 + page)),
                20,
                14
            );
        }
        var all = ranked.All();
        ranked.Keep(RankedPages.Choose(all, Most, 20, 14));
        Assert.Equal((Most, all.Length), (ranked.Count, 6 * Most));

        ranked.Offer("/few", Record((1, 1)), 20, 14);
        // As many as the last that stayed, and by its path behind it.
        ranked.Offer("/z", Record((125, 125)), 20, 14);
        Assert.Equal(Most, ranked.Count);
        ranked.Offer("/!", Record((125, 125)), 20, 14);
        ranked.Offer("/few", PageRecord.Parse("1 21 1 0 0 14 1 0 0"), 21, 14);
        Assert.Equal(Most + 2, ranked.Count);
        Assert.Equal(["/few"], RankedPages.Top(ranked.All(), RankPeriod.Today, Most, 21, 14).Select(page => page.Path));
    }

    [Fact]
    public void What_changed_while_it_was_chosen_stays()
    {
        var ranked = new RankedPages(Most);
        for (var page = 0; !ranked.IsFull; page++)
        {
            ranked.Offer(
                string.Create(CultureInfo.InvariantCulture, $"/{page}"),
                Record((100 + page, 100 + page)),
                20,
                14
            );
        }
        var choice = RankedPages.Choose(ranked.All(), Most, 20, 14);
        ranked.Offer("/0", Record((1_000, 1_000)), 20, 14);
        ranked.Keep(choice);
        Assert.Equal(["/0"], Top(ranked, RankPeriod.Total, 1));
    }

    private static IEnumerable<string> Top(RankedPages ranked, RankPeriod period, int limit) =>
        RankedPages.Top(ranked.All(), period, limit, 20, 14).Select(page => page.Path);

    private static PageRecord Record((long Today, long Total) page) =>
        PageRecord.Parse(
            string.Create(CultureInfo.InvariantCulture, $"{page.Total} 20 {page.Today} 0 0 14 {page.Total} 0 0")
        );

    private static IEnumerable<string> Best(
        Dictionary<string, (long Today, long Total)> model,
        Func<(long Today, long Total), long> by,
        int limit
    ) =>
        model
            .Where(page => by(page.Value) > 0)
            .OrderByDescending(page => by(page.Value))
            .ThenBy(page => page.Key, StringComparer.Ordinal)
            .Take(limit)
            .Select(page => page.Key);
}
