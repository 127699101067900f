using PortalServices.Testing.Portal;

namespace PortalServices.Standalone.Tests.Host;

/// <summary>What a fresh installation shows: the seeds that come with the program.</summary>
public sealed class ReferencePortalTests(ReferencePortal portal) : IClassFixture<ReferencePortal>
{
    private const UnixFileMode OwnerReadsAndWrites = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const long Views = 18_481_240,
        ViewsOfArticle = 477;

    [Fact]
    public void A_first_start_shows_the_numbers_that_were_carried_over_and_restarts_keep_them()
    {
        var first = portal.Starts[0].Stats;
        Assert.Equal(new Periods(31_315, 96_101, Views), first.Views);
        Assert.Equal(new PageViews(ReferencePortal.Article, new Periods(0, 0, ViewsOfArticle)), first.Page);
        // Nothing was viewed before the first restart, one view before the second.
        Assert.Equal(
            [(Views, ViewsOfArticle), (Views + 1, ViewsOfArticle + 1)],
            portal.Starts.Skip(1).Select(start => (start.Stats.Views.Total, start.Stats.Page!.Views.Total))
        );
    }

    [Fact]
    public void A_first_start_shows_the_articles_videos_and_tables_and_restarts_add_none() =>
        Assert.All(
            portal.Starts,
            start =>
            {
                Assert.InRange(start.Articles, 12, 100);
                Assert.Equal(portal.Starts[0].Slugs, start.Slugs);
                foreach (var (query, least) in new[] { ("khuyen hoc", 4), ("162-KH/TU", 1), ("Đảng bộ", 1) })
                {
                    Assert.InRange(start.Found[query], least, 100);
                }
            }
        );

    [Fact]
    public void A_long_path_of_the_data_is_no_hindrance() =>
        Assert.All(
            portal.Starts,
            start =>
                Assert.Contains(
                    $"The administrator's key is in {portal.Data}/operator.key",
                    start.Tail,
                    StringComparison.Ordinal
                )
        );

    [Fact]
    public void The_first_start_makes_secrets_for_the_owner_alone_and_the_next_ones_keep_them()
    {
        var (key, secret) = (portal.Starts[0].Key, portal.Starts[0].Secret);
        Assert.Matches(@"\Aps_[A-Za-z0-9_-]{43}\n\z", key);
        Assert.Matches(@"\A[A-Za-z0-9_-]{43}\n\z", secret);
        Assert.Equal(OwnerReadsAndWrites, File.GetUnixFileMode(portal.KeyFile));
        Assert.Equal(OwnerReadsAndWrites, File.GetUnixFileMode(portal.SecretFile));
        Assert.All(portal.Starts, start => Assert.Equal((key, secret), (start.Key, start.Secret)));
    }
}
