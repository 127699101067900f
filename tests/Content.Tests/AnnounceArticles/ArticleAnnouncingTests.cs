using System.Globalization;
using System.Text;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using PortalServices.Content.AnnounceArticles;
using PortalServices.Content.Articles;
using PortalServices.Content.Storage;
using PortalServices.Contracts;
using PortalServices.Database;
using PortalServices.Messaging.Bus;
using PortalServices.Testing;

namespace PortalServices.Content.Tests.AnnounceArticles;

/// <summary>All articles are announced again: at the start, by the clock and when counting asks.</summary>
[Usually(DatabaseKind.PostgreSql)]
public sealed class ArticleAnnouncingTests(ContentApps apps, TestDatabases databases) : IClassFixture<ContentApps>
{
    private static int _sites;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [EveryDatabase]
    public async Task At_the_start_and_when_counting_asks_every_article_is_announced_that_readers_can_or_could_find(
        DatabaseKind kind
    )
    {
        var database = await databases.CreateAsync(kind);
        var later = TimeProvider.System.GetUtcNow().AddDays(30).ToString("O", CultureInfo.InvariantCulture);
        string site;
        WrittenArticle published,
            withdrawn,
            scheduled;
        await using (var before = await ContentApp.StartAsync(database))
        {
            site = before.NewSite();
            published = await before.WriteAndPublishAsync(site, "Một");
            published = await before.ChangeAsync(site, published, "Một", more: new { slug = "hai" });
            published = await before.ChangeAsync(site, published, "Một", more: new { slug = "ba" });
            withdrawn = await before.WithdrawAsync(site, await before.WriteAndPublishAsync(site, "Bốn"));
            scheduled = await before.PublishAsync(
                site,
                await before.WithdrawAsync(site, await before.WriteAndPublishAsync(site, "Năm")),
                later
            );
            await before.WriteAsync(site, "Nháp");
            await before.PublishAsync(site, await before.WriteAsync(site, "Sẽ đăng"), later);
        }

        var bus = new AnnouncedPublications();
        await using var app = await ContentApp.StartAsync(
            database,
            services => services.Replace(ServiceDescriptor.Singleton<IEventTransport>(bus))
        );
        await Eventually.HoldsAsync(() => bus.ArticlesOf(site).Count == 3, "they are announced", Cancel);
        AssertAnnounced();

        await app.TellAsync(new PublishedPagesRequested { Site = "nowhere", Epoch = 1 });
        await app.TellAsync(new PublishedPagesRequested { Site = site, Epoch = 1 });
        await Eventually.HoldsAsync(() => bus.ArticlesOf(site).Count == 6, "they are announced again", Cancel);
        AssertAnnounced();
        Assert.Equal(2, bus.Taken.Count);

        void AssertAnnounced() =>
            Assert.Equal(
                [
                    (published.Id, true, VersionOf(published), "/articles/ba /articles/hai /articles/mot"),
                    (withdrawn.Id, false, VersionOf(withdrawn), "/articles/bon"),
                    (scheduled.Id, false, VersionOf(scheduled), "/articles/nam"),
                ],
                bus.ArticlesOf(site)
                    .TakeLast(3)
                    .OrderBy(each => each.Article)
                    .Select(each => (each.Article, each.IsPublished, each.Version, string.Join(' ', each.Paths)))
            );
    }

    [Theory]
    [EveryDatabase]
    public async Task A_message_has_a_bounded_number_of_articles_and_of_pages_and_no_article_is_left_out(
        DatabaseKind kind
    )
    {
        var app = await apps.OnAsync(kind);
        var site = NewSite();
        // Enough articles for two messages, then some that have as many slugs as there can be: at most 20 of them fit.
        var articles = await FillAsync(app, site, 700, slugs: 1);
        articles.AddRange(await FillAsync(app, site, 30, slugs: ArticleSlugs.MaxPerArticle));
        List<PublicationsAnnounced> pages = [];
        await app.WithDatabaseAsync(async context =>
        {
            var after = Place.Start;
            while (await PublicationPages.NextAsync(context, site, after, Cancel) is var (page, end))
            {
                pages.Add(page);
                after = end;
            }

            return true;
        });

        Assert.Equal(articles.Order(), pages.SelectMany(page => page.Articles).Select(each => each.Article).Order());
        Assert.Equal(
            700 + (30 * ArticleSlugs.MaxPerArticle),
            pages.SelectMany(page => page.Articles).SelectMany(each => each.Paths).Distinct().Count()
        );
        Assert.All(
            pages,
            page =>
            {
                Assert.InRange(page.Articles.Count, 1, PublicationsAnnounced.MaxArticles);
                Assert.InRange(page.Articles.Sum(each => each.Paths.Count), 1, PublicationsAnnounced.MaxPaths);
            }
        );
        Assert.InRange(pages.Count, 3, 5);
    }

    [Theory]
    [EveryDatabase]
    public async Task A_message_is_read_from_where_the_one_before_has_ended(DatabaseKind kind)
    {
        var app = await apps.OnAsync(kind);
        var site = NewSite();
        var articles = await FillAsync(app, site, 20, slugs: 1);
        using var log = await CommandLog.OfAsync<ContentContext>(app.Services, site);
        await app.WithDatabaseAsync(context =>
            PublicationPages.NextAsync(context, site, new Place(0, articles[10]), Cancel)
        );
        var command = log.Commands.First(each =>
            each.Text.Contains("ORDER BY", StringComparison.Ordinal)
            && each.Text.Contains("\"Articles\"", StringComparison.Ordinal)
        );
        var plan = await app.WithDatabaseAsync(context => command.PlanAsync(context, Cancel));
        Assert.Contains("IX_Articles_Site_ListedAt_Id", plan, StringComparison.Ordinal);
        Assert.DoesNotContain("ORDER BY", plan, StringComparison.Ordinal);
        Assert.DoesNotContain("Sort", plan, StringComparison.Ordinal);
    }

    [Fact]
    public void The_largest_message_fits()
    {
        var slug = new string('x', VietnameseText.Slug.MaxLength);
        var largest = new PublicationsAnnounced
        {
            Site = new string('s', 32),
            Articles =
            [
                .. Enumerable
                    .Range(0, PublicationsAnnounced.MaxArticles)
                    .Select(_ => new ArticlePublication
                    {
                        Article = Guid.NewGuid(),
                        IsPublished = false,
                        Version = 1L << 53,
                        Paths =
                        [
                            .. Enumerable.Repeat(
                                ArticlePath.Of(slug),
                                PublicationsAnnounced.MaxPaths / PublicationsAnnounced.MaxArticles
                            ),
                        ],
                    }),
            ],
        };
        var json = EventTypes.Write(largest);
        Assert.InRange(Encoding.UTF8.GetByteCount(json), 300_000, 350_000);
        Assert.StartsWith(
            """{"site":"ssssssssssssssssssssssssssssssss","articles":[{"article":""",
            json,
            StringComparison.Ordinal
        );
        Assert.Contains(
            """isPublished":false,"version":9007199254740992,"paths":["/articles/x""",
            json,
            StringComparison.Ordinal
        );
    }

    [Theory]
    [EveryDatabase]
    public async Task Of_two_replicas_one_at_a_time_announces_and_the_other_goes_on_when_it_ends(DatabaseKind kind)
    {
        var app = await apps.OnAsync(kind);
        var site = NewSite();
        var articles = await FillAsync(app, site, 600, slugs: 1);
        var (one, two) = (new AnnouncedPublications(), new AnnouncedPublications());
        var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        one.TakesAsync = async (_, cancel) =>
        {
            if (one.Taken.Count == 0)
            {
                return true;
            }
            reached.TrySetResult();
            await Task.Delay(Timeout.Infinite, cancel);
            return false;
        };
        using var ends = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var first = Announcing(app, one, TimeProvider.System, site).RunAsync(ends.Token);
        await reached.Task.WaitAsync(TimeSpan.FromMinutes(1), Cancel);
        var second = Announcing(app, two, TimeProvider.System, site);
        await second.RunAsync(Cancel);
        Assert.Empty(two.Taken);

        // The first process ends, and gives its turn back.
        await ends.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        await second.RunAsync(Cancel);
        Assert.Equal(articles, two.ArticlesOf(site).Select(each => each.Article).Order());
        Assert.Equal(PublicationsAnnounced.MaxArticles, one.ArticlesOf(site).Count);
    }

    [Theory]
    [EveryDatabase]
    public async Task What_the_bus_does_not_take_is_tried_again_and_holds_up_no_other_site(DatabaseKind kind)
    {
        var app = await apps.OnAsync(kind);
        var (bad, good) = (NewSite(), NewSite());
        await FillAsync(app, bad, 1, slugs: 1);
        await FillAsync(app, good, 1, slugs: 1);
        var bus = new AnnouncedPublications { TakesAsync = (each, _) => Task.FromResult(each.Site != bad) };
        var time = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        var work = Announcing(app, bus, time, bad, good);
        var waits = await RunAsync(work, time);
        Assert.Equal((ArticleAnnouncing.MaxTries, 0), (bus.Tries, bus.Taken.Count));
        Assert.True(waits > TimeSpan.FromSeconds(1), $"{waits}");

        await RunAsync(work, time);
        Assert.Single(bus.ArticlesOf(good));

        bus.TakesAsync = (_, _) => Task.FromResult(true);
        time.Advance(TimeSpan.FromSeconds(10));
        await RunAsync(work, time);
        Assert.Equal((1, 1), (bus.ArticlesOf(bad).Count, bus.ArticlesOf(good).Count));

        // And then every ten minutes.
        await RunAsync(work, time);
        Assert.Equal(2, bus.Taken.Count);
        time.Advance(AnnouncementTurns.Every);
        await RunAsync(work, time);
        Assert.Equal((2, 2), (bus.ArticlesOf(bad).Count, bus.ArticlesOf(good).Count));
    }

    [Fact]
    public async Task A_site_whose_articles_cannot_be_read_holds_up_no_other_one()
    {
        var app = await apps.OnAsync(DatabaseKind.Sqlite);
        var (bad, good) = (NewSite(), NewSite());
        await FillAsync(app, bad, 1, slugs: 0);
        await FillAsync(app, good, 1, slugs: 1);
        await app.WithDatabaseAsync(context =>
            context.Database.ExecuteSqlAsync($"UPDATE Articles SET Id = 'unreadable' WHERE Site = {bad}", Cancel)
        );
        var bus = new AnnouncedPublications();
        var time = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        var work = Announcing(app, bus, time, bad, good);

        await Assert.ThrowsAnyAsync<FormatException>(() => RunAsync(work, time));
        Assert.Empty(bus.Taken);
        await RunAsync(work, time);

        Assert.Single(bus.ArticlesOf(good));
    }

    [Theory]
    [EveryDatabase]
    public async Task Messages_are_paced(DatabaseKind kind)
    {
        var app = await apps.OnAsync(kind);
        var site = NewSite();
        await FillAsync(app, site, 1_100, slugs: 1);
        var bus = new AnnouncedPublications();
        var time = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        var began = time.GetUtcNow();
        List<TimeSpan> at = [];
        bus.TakesAsync = (_, _) =>
        {
            at.Add(time.GetUtcNow() - began);
            return Task.FromResult(true);
        };
        await RunAsync(Announcing(app, bus, time, site), time);
        Assert.Equal(3, at.Count);
        Assert.True(
            at[1] - at[0] >= ArticleAnnouncing.Pace && at[2] - at[1] >= ArticleAnnouncing.Pace,
            string.Join(", ", at)
        );
    }

    private static string NewSite() => $"announced-{Interlocked.Increment(ref _sites):D4}";

    private static long VersionOf(WrittenArticle article) => article.Json.GetProperty("version").GetInt64();

    /// <summary>The work as one replica does it, for sites that the application does not know.</summary>
    private static ArticleAnnouncing Announcing(
        ContentApp app,
        AnnouncedPublications bus,
        TimeProvider time,
        params string[] sites
    ) =>
        new(
            app.Services.GetRequiredService<IServiceScopeFactory>(),
            new SiteList([.. sites.Select(site => new Site { Id = site })]),
            new EventAnnouncer(bus, NullLogger<EventAnnouncer>.Instance),
            time
        );

    /// <summary>Runs it once, while its time passes.</summary>
    private static async Task<TimeSpan> RunAsync(ArticleAnnouncing work, FakeTimeProvider time)
    {
        var running = work.RunAsync(Cancel);
        await Eventually.HoldsAsync(
            () =>
            {
                if (!running.IsCompleted)
                {
                    time.Advance(ArticleAnnouncing.Pace);
                }
                return running.IsCompleted;
            },
            "it has run",
            Cancel
        );
        return await running;
    }

    /// <summary>Published articles of one site, with so many slugs each; their ids in their order.</summary>
    private static Task<List<Guid>> FillAsync(ContentApp app, string site, int count, int slugs) =>
        app.WithDatabaseAsync(async context =>
        {
            List<Guid> ids = [.. Enumerable.Range(0, count).Select(_ => Guid.CreateVersion7()).Order()];
            foreach (var (id, n) in ids.Select((id, n) => (id, n)))
            {
                // Some of the same date, others not.
                context.Add(
                    new Article
                    {
                        Id = id,
                        Site = site,
                        Slug = $"{id:N}",
                        Title = "Bài",
                        Body = "x",
                        Html = "x",
                        State = ArticleState.Published,
                        PublishedAt = n / 3,
                        Version = 1,
                    }
                );
                context.AddRange(
                    Enumerable
                        .Range(0, slugs)
                        .Select(slug => new ArticleSlug
                        {
                            Site = site,
                            Slug = slug == 0 ? $"{id:N}" : $"{id:N}-{slug}",
                            ArticleId = id,
                            WasPublic = true,
                        })
                );
            }

            await context.SaveChangesAsync(Cancel);
            return ids;
        });
}
