using System.Globalization;
using CsCheck;
using PortalServices.Counting.RankPages;
using PortalServices.Counting.Storage;

namespace PortalServices.Counting.Tests.RankPages;

public sealed class RankedPagesTests
{
    private const int Most = 5;

    /// <summary>Views of pages, one after the other: a page is offered whenever it has one more.</summary>
    private static readonly Gen<(int Page, bool Today)[]> Views = Gen.Select(Gen.Int[0, 60], Gen.Bool).Array[0, 400];

    [Fact]
    public void The_ranking_is_that_of_all_pages_though_few_are_kept() => Views.Sample(views =>
    {
        var ranked = new RankedPages(Most);
        var model = new Dictionary<string, (long Today, long Total)>();
        foreach (var (page, today) in views)
        {
            var path = string.Create(CultureInfo.InvariantCulture, $"/{page}");
            var (ofToday, total) = model.GetValueOrDefault(path);
            model[path] = (ofToday + (today ? 1 : 0), total + 1);
            ranked.Offer(path, Record(model[path]), 20, 14);
        }

        foreach (var limit in new[] { 1, Most })
        {
            Assert.Equal(Best(model, page => page.Total, limit), RankedPages.Top(ranked.All(), RankPeriod.Total, limit, 20, 14));
            Assert.Equal(Best(model, page => page.Today, limit), RankedPages.Top(ranked.All(), RankPeriod.Today, limit, 20, 14));
        }
    }, iter: 2_000);

    private static PageRecord Record((long Today, long Total) page) =>
        PageRecord.Parse(string.Create(CultureInfo.InvariantCulture, $"{page.Total} 20 {page.Today} 0 0 14 {page.Total} 0 0"));

    private static IEnumerable<string> Best(Dictionary<string, (long Today, long Total)> model, Func<(long Today, long Total), long> by, int limit) =>
        model.Where(page => by(page.Value) > 0).OrderByDescending(page => by(page.Value)).ThenBy(page => page.Key, StringComparer.Ordinal)
            .Take(limit).Select(page => page.Key);
}
