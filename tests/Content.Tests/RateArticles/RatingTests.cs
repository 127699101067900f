using System.Net;
using System.Net.Http.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using PortalServices.Content.RateArticles;
using PortalServices.Database;

namespace PortalServices.Content.Tests.RateArticles;

/// <summary>One rating of a visitor, an article and a day; and nothing of a visitor after the day.</summary>
[Usually(DatabaseKind.PostgreSql)]
public sealed class RatingTests(ContentApps apps) : IClassFixture<ContentApps>
{
    // 09:00 in Vietnam.
    private static readonly DateTimeOffset Monday = new(2026, 6, 8, 2, 0, 0, TimeSpan.Zero);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory, EveryDatabase]
    public async Task A_second_rating_on_the_same_day_takes_the_place_of_the_first(DatabaseKind kind)
    {
        var app = await apps.OnAsync(kind);
        var site = app.NewSite();
        var article = await app.WriteAndPublishAsync(site, "Học bổng");

        Assert.Equal((true, true, false), Told(await RateAsync(app, site, true, "Rất rõ.")));
        Assert.Equal((false, true, true), Told(await RateAsync(app, site, false)));
        Assert.Equal((false, true, true), Told(await RateAsync(app, site, false, " Thiếu mẫu đơn. ")));
        Assert.Equal((true, false, false), Told(await RateAsync(app, site, true, browser: "Khác")));

        var read = await RatingAsync(app, site, article.Id);
        Assert.Equal((1, 1, 1), (Of(read, "helpful"), Of(read, "notHelpful"), Of(read, "total")));
        Assert.Equal(["Thiếu mẫu đơn."], read.Each("text"));
        Assert.False(read.Items[0].GetProperty("helpful").GetBoolean());
        Assert.Equal("no-store", read.Header("Cache-Control"));
    }

    [Theory, EveryDatabase]
    public async Task Ratings_at_the_same_time_are_all_counted_and_a_visitor_once(DatabaseKind kind)
    {
        var app = await apps.OnAsync(kind);
        var site = app.NewSite();
        var article = await app.WriteAndPublishAsync(site, "Học bổng");
        var replies = await Task.WhenAll(
            Enumerable.Range(0, 24).Select(n => RateAsync(app, site, n % 2 == 0, $"Ý {n}", $"Trình duyệt {n % 8}"))
        );
        Assert.All(replies, reply => reply.Is(HttpStatusCode.OK));
        var read = await RatingAsync(app, site, article.Id);
        Assert.Equal((8, 8), (Of(read, "helpful") + Of(read, "notHelpful"), Of(read, "total")));
    }

    [Theory, EveryDatabase]
    public async Task When_the_day_is_over_nothing_of_a_visitor_is_left_and_the_numbers_stay(DatabaseKind kind)
    {
        var clock = new Clock { Now = Monday };
        await using var app = await apps.StartAsync(kind, clock);
        var site = app.NewSite();
        var article = await app.WriteAndPublishAsync(site, "Học bổng");
        await RateAsync(app, site, true);
        var cleanup = app.Services.GetRequiredService<RatingCleanup>();
        // Midnight of the site is 17:00 UTC.
        clock.Now = new DateTimeOffset(2026, 6, 8, 16, 59, 0, TimeSpan.Zero);
        Assert.Equal(RatingCleanup.Beat, await cleanup.RunAsync(Cancel));
        Assert.Equal((1, 1), await StoredAsync(app));

        clock.Now += TimeSpan.FromMinutes(1);
        await cleanup.RunAsync(Cancel);
        Assert.Equal((0, 0), await StoredAsync(app));
        // Another day, another rating.
        Assert.Equal((true, false, false), Told(await RateAsync(app, site, true)));
        Assert.Equal(2, Of(await RatingAsync(app, site, article.Id), "helpful"));
    }

    [Theory, EveryDatabase]
    public async Task One_visitor_has_another_name_at_each_article_and_on_each_day(DatabaseKind kind)
    {
        var clock = new Clock { Now = Monday };
        await using var app = await apps.StartAsync(kind, clock);
        var site = app.NewSite();
        await app.WriteAndPublishAsync(site, "Học bổng");
        await app.WriteAndPublishAsync(site, "Khai giảng");
        await RateAsync(app, site, true);
        await RateAsync(app, site, true, slug: "khai-giang");
        clock.Now += TimeSpan.FromDays(1);
        await RateAsync(app, site, true);
        var names = await app.WithDatabaseAsync(database =>
            database.ArticleRaters.Select(rater => rater.Visitor).ToListAsync(Cancel)
        );
        Assert.Equal(3, names.Distinct().Count());
        Assert.All(names, name => Assert.Matches("^[0-9a-f]{32}$", name));
    }

    [Theory, EveryDatabase]
    public async Task Words_are_deleted_when_they_were_kept_long_enough_or_by_an_operator(DatabaseKind kind)
    {
        var clock = new Clock { Now = Monday };
        await using var app = await apps.StartAsync(kind, clock, "--Content:KeepRatingWordsDays=30");
        var site = app.NewSite();
        var article = await app.WriteAndPublishAsync(site, "Học bổng");
        await RateAsync(app, site, false, "Của An.");
        clock.Now += TimeSpan.FromDays(1);
        await RateAsync(app, site, false, "Của Bình.");
        await RateAsync(app, site, false, "Của Chi.", "Khác");

        var chi = (await RatingAsync(app, site, article.Id)).Items.Single(each =>
            each.GetProperty("text").GetString() == "Của Chi."
        );
        var path = $"articles/{article.Id}/rating/words/{chi.GetProperty("id").GetString()}";
        (await app.EditAsync(HttpMethod.Delete, app.NewSite(), path)).IsProblem(404, "unknown_words");
        (await app.EditAsync(HttpMethod.Delete, site, path)).Is(HttpStatusCode.NoContent);
        (await app.EditAsync(HttpMethod.Delete, site, path)).IsProblem(404, "unknown_words");

        clock.Now = Monday.AddDays(30).AddMinutes(1);
        await app.Services.GetRequiredService<RatingCleanup>().RunAsync(Cancel);
        var read = await RatingAsync(app, site, article.Id);
        Assert.Equal(["Của Bình."], read.Each("text"));
        Assert.Equal(3, Of(read, "notHelpful"));
    }

    [Theory, EveryDatabase]
    public async Task Past_the_bound_of_words_ratings_are_counted_without_them(DatabaseKind kind)
    {
        var app = await apps.OnAsync(kind);
        var site = app.NewSite();
        var article = await app.WriteAndPublishAsync(site, "Học bổng");
        await app.WithDatabaseAsync(database =>
        {
            database.AddRange(
                Enumerable
                    .Range(0, RatingWords.MaxOfArticle)
                    .Select(n => new RatingWords
                    {
                        Id = Guid.CreateVersion7(),
                        ArticleId = article.Id,
                        At = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds(),
                        Helpful = true,
                        Text = $"Ý {n}",
                    })
            );
            return database.SaveChangesAsync(Cancel);
        });
        Assert.Equal((true, false, false), Told(await RateAsync(app, site, true, "Một ý nữa.")));
        var read = await RatingAsync(app, site, article.Id);
        Assert.Equal((1, RatingWords.MaxOfArticle), (Of(read, "helpful"), Of(read, "total")));
    }

    [Theory, EveryDatabase]
    public async Task Past_the_bound_of_a_day_others_are_refused_and_those_who_rated_may_change_theirs(
        DatabaseKind kind
    )
    {
        var app = await apps.OnAsync(kind);
        var site = app.NewSite();
        await app.WriteAndPublishAsync(site, "Học bổng");
        await RateAsync(app, site, true);
        await app.WithDatabaseAsync(database =>
            database
                .RatingDays.Where(day => day.Site == site)
                .ExecuteUpdateAsync(set => set.SetProperty(day => day.Raters, RatingDay.MaxRaters), Cancel)
        );
        Assert.Equal(
            "3600",
            (await RateAsync(app, site, true, browser: "Khác")).IsProblem(503, "ratings_full").Header("Retry-After")
        );
        Assert.Equal((false, false, true), Told(await RateAsync(app, site, false)));
    }

    [Theory, EveryDatabase]
    public async Task An_old_slug_rates_its_article_and_what_is_not_public_is_not_rated(DatabaseKind kind)
    {
        var app = await apps.OnAsync(kind);
        var site = app.NewSite();
        var article = await app.WriteAndPublishAsync(site, "Học bổng");
        article = await app.ChangeAsync(site, article, "Học bổng", more: new { slug = "hoc-bong-2027" });
        (await RateAsync(app, site, true)).Is(HttpStatusCode.OK);
        Assert.Equal(["hoc-bong-2027"], (await app.ReadAsync(site, "articles/ratings")).Each("slug"));
        await app.WithdrawAsync(site, article);
        (await RateAsync(app, site, true)).IsProblem(404, "unknown_article");
        await app.WriteAsync(site, "Bản nháp");
        (await RateAsync(app, site, true, slug: "ban-nhap")).IsProblem(404, "unknown_article");
        (await app.ReadAsync(app.NewSite(), $"articles/{article.Id}/rating")).IsProblem(404, "unknown_article");
    }

    [Theory]
    [InlineData("{}", "helpful")]
    [InlineData("""{"helpful":null}""", "helpful")]
    [InlineData("""{"helpful":true,"words":"a\u0001"}""", "words")]
    [InlineData("""{"helpful":true,"other":1}""", "other")]
    public async Task A_wrong_rating_names_the_field(string body, string field)
    {
        var app = await apps.OnAsync(DatabaseKind.Sqlite);
        var site = app.NewSite();
        await app.WriteAndPublishAsync(site, "Học bổng");
        var refused = (await PostAsync(app, site, "hoc-bong", body)).IsProblem(400, "invalid_fields");
        Assert.Equal([field], refused.WrongFields);
    }

    [Fact]
    public async Task Words_have_a_bound()
    {
        var app = await apps.OnAsync(DatabaseKind.Sqlite);
        var site = app.NewSite();
        await app.WriteAndPublishAsync(site, "Học bổng");
        (await RateAsync(app, site, true, new string('ố', RatingWords.MaxText))).Is(HttpStatusCode.OK);
        (await RateAsync(app, site, true, new string('ố', RatingWords.MaxText + 1))).IsProblem(400, "invalid_fields");
        (await PostAsync(app, site, "hoc-bong", $$"""{"helpful":"{{new string('x', 17_000)}}"}""")).IsProblem(
            413,
            "body_too_large"
        );
    }

    private static Task<AppReply> RateAsync(
        ContentApp app,
        string site,
        bool helpful,
        string? words = null,
        string browser = "Trình duyệt",
        string slug = "hoc-bong"
    ) =>
        app.SendAsync(
            Door.Public,
            HttpMethod.Post,
            $"/api/sites/{site}/articles/{slug}/rating",
            JsonContent.Create(words is null ? (object)new { helpful } : new { helpful, words }),
            ("User-Agent", Uri.EscapeDataString(browser))
        );

    private static Task<AppReply> PostAsync(ContentApp app, string site, string slug, string body) =>
        app.SendAsync(
            Door.Public,
            HttpMethod.Post,
            $"/api/sites/{site}/articles/{slug}/rating",
            new StringContent(body, System.Text.Encoding.UTF8, "application/json")
        );

    private static async Task<AppReply> RatingAsync(ContentApp app, string site, Guid article) =>
        (await app.ReadAsync(site, $"articles/{article}/rating")).Is(HttpStatusCode.OK);

    private static (bool Helpful, bool WordsKept, bool Replaced) Told(AppReply reply)
    {
        var told = reply.Is(HttpStatusCode.OK).Json;
        return (
            told.GetProperty("helpful").GetBoolean(),
            told.GetProperty("wordsKept").GetBoolean(),
            told.GetProperty("replaced").GetBoolean()
        );
    }

    private static long Of(AppReply reply, string field) => reply.Json.GetProperty(field).GetInt64();

    private static Task<(int, int)> StoredAsync(ContentApp app) =>
        app.WithDatabaseAsync(async database =>
            (await database.RatingDays.CountAsync(Cancel), await database.ArticleRaters.CountAsync(Cancel))
        );

    private sealed class Clock : TimeProvider
    {
        public DateTimeOffset Now { get; set; }

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
