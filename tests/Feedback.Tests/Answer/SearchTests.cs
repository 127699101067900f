using System.Net;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using PortalServices.Database;
using PortalServices.Feedback.Answer;
using PortalServices.Feedback.Submit;
using PortalServices.ServiceDefaults.Hosting;

namespace PortalServices.Feedback.Tests.Answer;

/// <summary>A search goes from an index of words to what has them, and looks at no more than it may.</summary>
public sealed class SearchTests(FeedbackApps apps) : IClassFixture<FeedbackApps>
{
    private static readonly DateTimeOffset Monday = new(2026, 6, 8, 2, 0, 0, TimeSpan.Zero);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory, EveryDatabase(Differs = true)]
    public async Task What_is_rare_is_found_by_its_words_however_much_there_is(DatabaseKind kind)
    {
        await using var app = await apps.StartAsync(kind);
        var site = app.NewSite();
        var rare = await app.SendFeedbackAsync(site, "Trần Bình", "Cây đổ", "Gần trường, bên đường Lê Lợi.");
        await ManyEntries.FillAsync(app, site, FeedbackSearch.MaxCandidates + 2_000, Monday);
        foreach (
            var query in new[]
            {
                "cây đổ",
                "\"le loi\"",
                "truong le loi",
                rare.Receipt,
                "cây đổ&sort=newest",
                "cây đổ&status=received&overdue=false",
            }
        )
        {
            using var log = await CommandLog.OfAsync<FeedbackContext>(app.Services, site);
            Assert.Equal(
                ["Cây đổ"],
                (await app.ReadAsync(site, $"feedback?q={query}")).Is(HttpStatusCode.OK).Each("title")
            );
            Assert.Equal(2, log.Commands.Count);
            foreach (var command in log.Commands)
            {
                var plan = await app.WithDatabaseAsync(database =>
                    command.PlanAsync(database, Cancel, hasFewRows: false)
                );
                if (kind == DatabaseKind.PostgreSql)
                {
                    Assert.Contains("\"IX_Feedback_WordHashes\"", plan, StringComparison.Ordinal);
                    Assert.DoesNotContain("Seq Scan", plan, StringComparison.Ordinal);
                    continue;
                }

                var read = plan.Split('\n')
                    .Where(line =>
                        line.StartsWith("SEARCH", StringComparison.Ordinal)
                        || line.Contains("VIRTUAL TABLE", StringComparison.Ordinal)
                    )
                    .ToList();
                Assert.Equal(4, read.Count);
                Assert.StartsWith("SCAN FeedbackTokens VIRTUAL TABLE INDEX", read[0], StringComparison.Ordinal);
                Assert.StartsWith("SEARCH n USING INTEGER PRIMARY KEY", read[1], StringComparison.Ordinal);
                Assert.StartsWith(
                    "SEARCH f USING INDEX sqlite_autoindex_Feedback_1",
                    read[2],
                    StringComparison.Ordinal
                );
                Assert.StartsWith(
                    "SEARCH f USING INDEX IX_Feedback_WithoutWordHashes",
                    read[3],
                    StringComparison.Ordinal
                );
            }
        }

        // What nearly all has is looked for in the newest.
        var common = await app.ReadAsync(site, "feedback?q=hoc+phi&sort=newest&pageSize=1");
        Assert.Equal(FeedbackSearch.MaxCandidates, common.Json.GetProperty("total").GetInt32());
        Assert.Equal([$"Số {FeedbackSearch.MaxCandidates + 2_000}"], common.Each("title"));
        Assert.Equal(
            ["Số 2001"],
            (
                await app.ReadAsync(
                    site,
                    $"feedback?q=hoc+phi&sort=newest&pageSize=1&page={FeedbackSearch.MaxCandidates}"
                )
            ).Each("title")
        );
    }

    [Theory, EveryDatabase(Differs = true)]
    public async Task What_an_earlier_version_has_stored_is_found_before_and_after_it_is_made_ready(DatabaseKind kind)
    {
        await using var app = await apps.StartAsync(kind);
        var site = app.NewSite();
        var rehashing = app.Services.GetRequiredService<FeedbackRehashing>();
        // By itself it would be done at once.
        await app
            .Services.GetServices<IHostedService>()
            .OfType<PeriodicRunner>()
            .Single(each => each.Name == rehashing.Name)
            .StopAsync(Cancel);
        await app.WithDatabaseAsync(database =>
        {
            for (var i = 0; i < FeedbackRehashing.MaxAtOnce + 1; i++)
            {
                var entry = StoredFeedback.Of(site, i, Monday);
                entry.WordHashes = null;
                database.Add(entry);
            }

            return database.SaveChangesAsync(Cancel);
        });
        Assert.Equal(
            (FeedbackRehashing.MaxAtOnce + 1, 1),
            (await FoundAsync("hoc phi"), await FoundAsync("\"so 100\""))
        );
        Assert.Equal(TimeSpan.Zero, await rehashing.RunAsync(Cancel));
        Assert.Equal(
            (FeedbackRehashing.MaxAtOnce + 1, 1),
            (await FoundAsync("hoc phi"), await FoundAsync("\"so 100\""))
        );
        Assert.Equal(FeedbackRehashing.LookEvery, await rehashing.RunAsync(Cancel));
        Assert.Equal(
            (FeedbackRehashing.MaxAtOnce + 1, 1),
            (await FoundAsync("hoc phi"), await FoundAsync("\"so 100\""))
        );
        Assert.Equal(
            0,
            await app.WithDatabaseAsync(database =>
                database.Entries.CountAsync(entry => entry.WordHashes == null, Cancel)
            )
        );

        async Task<int> FoundAsync(string text) =>
            (await app.ReadAsync(site, $"feedback?pageSize=1&q={text}"))
                .Is(HttpStatusCode.OK)
                .Json.GetProperty("total")
                .GetInt32();
    }

    [Theory, EveryDatabase]
    public async Task The_index_has_no_word_and_nothing_of_what_was_erased(DatabaseKind kind)
    {
        await using var app = await apps.StartAsync(kind);
        var site = app.NewSite();
        var feedback = await app.SendFeedbackAsync(site, "Dautitle", "Dautitle", "Dautitle 0912345678");
        Assert.All((await HashesAsync()).Split(' '), hash => Assert.Matches("^s?[0-9a-f]{5}$", hash));
        Assert.Contains(FeedbackWords.HashesOf(" dautitle ").Single(), await HashesAsync(), StringComparison.Ordinal);
        Assert.Equal(1, await InIndexAsync("dautitle"));
        Assert.Equal(1, await InIndexAsync("0912345678"));

        await app.StepAsync(feedback, "erase", new { reason = "Theo yêu cầu" });

        Assert.Equal("", await HashesAsync());
        Assert.Equal(0, await InIndexAsync("dautitle"));
        Assert.Equal(0, await InIndexAsync("0912345678"));

        Task<string> HashesAsync() =>
            app.WithDatabaseAsync(async database =>
                (await database.Entries.SingleAsync(entry => entry.Id == feedback.Id, Cancel)).WordHashes!
            );

        Task<int> InIndexAsync(string word)
        {
            var hash = FeedbackWords.HashesOf($" {word} ").Single();
            return app.WithDatabaseAsync(database =>
                database
                    .Database.SqlQueryRaw<int>(
                        database.Database.IsNpgsql()
                            ? "SELECT count(*)::int AS \"Value\" FROM \"Feedback\" WHERE string_to_array(\"WordHashes\", ' ') @> ARRAY[{0}]"
                            : "SELECT count(*) AS \"Value\" FROM \"FeedbackTokens\" WHERE \"FeedbackTokens\" MATCH {0}",
                        kind == DatabaseKind.Sqlite ? $"\"{hash}\"" : hash
                    )
                    .SingleAsync(Cancel)
            );
        }
    }
}
