using System.Net;
using PortalServices.Database;
using PortalServices.Feedback.Lists;

namespace PortalServices.Feedback.Tests.Answer;

/// <summary>Lists are read on from where a part ended: <c>after</c>.</summary>
[Usually(DatabaseKind.PostgreSql)]
public sealed class CursorTests(FeedbackApps apps) : IClassFixture<FeedbackApps>
{
    private const int Count = 61;

    private static readonly DateTimeOffset Monday = new(2026, 6, 8, 2, 0, 0, TimeSpan.Zero);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory, EveryDatabase]
    public async Task What_was_there_comes_once_each_while_more_comes_in(DatabaseKind kind)
    {
        var app = await apps.OnAsync(kind);
        foreach (
            var path in new[]
            {
                "feedback?sort=dueBy",
                "feedback?sort=newest",
                "feedback?sort=dueBy&status=received,answered,spam",
                "feedback?sort=newest&status=received,answered,spam",
                "feedback?sort=dueBy&overdue=false",
                "feedback?sort=newest&overdue=true",
                "feedback?sort=dueBy&overdue=true&status=inProgress",
                "feedback?sort=newest&assignedTo=an",
                "feedback?sort=dueBy&assignedTo=an",
                "feedback?sort=dueBy&q=truong",
                "feedback?sort=newest&q=truong&status=answered",
                "feedback/audit?",
                "published",
            }
        )
        {
            var site = app.NewSite();
            await AddAsync(app, site, Count, 0);
            var all = await AllAsync(app, site, path);
            Assert.InRange(all.Count, 5, Count);
            var added = 0;
            foreach (var size in new[] { 1, 7, all.Count })
            {
                var (seen, after) = (new List<string>(), "");
                do
                {
                    var part = await ReadAsync(app, site, path, $"&pageSize={size}{after}");
                    seen.AddRange(part.Items.Select(NameOf));
                    Assert.Equal(
                        (after.Length == 0, after.Length == 0, size),
                        (
                            part.Json.TryGetProperty("total", out _),
                            part.Json.TryGetProperty("page", out _),
                            part.Json.GetProperty("pageSize").GetInt32()
                        )
                    );
                    after = part.Json.TryGetProperty("next", out var next) ? $"&after={next.GetString()}" : "";
                    // Some of the same instants as what is there, some later than all of it; single entries are too many
                    // to add some after each.
                    if (seen.Count % 4 == 0 || size > 1)
                    {
                        await AddAsync(app, site, 2, 1_000 + (added++ * 10));
                    }
                } while (after.Length > 0 && seen.Count <= 10 * Count);

                var old = all.ToHashSet();
                Assert.Equal(all, seen.Where(old.Contains));
                Assert.Equal(seen.Count, seen.Distinct().Count());
            }
        }
    }

    [Theory, EveryDatabase]
    public async Task What_is_no_cursor_of_the_list_is_refused(DatabaseKind kind)
    {
        var app = await apps.OnAsync(kind);
        var site = app.NewSite();
        await AddAsync(app, site, 20, 0);
        var (dueBy, newest) = (await NextAsync("feedback?sort=dueBy"), await NextAsync("feedback?sort=newest"));
        var (audit, published) = (await NextAsync("feedback/audit?"), await NextAsync("published"));
        foreach (
            var (path, after) in new[]
            {
                ("feedback?", newest),
                ("feedback?sort=newest", dueBy),
                ("feedback?", audit),
                ("feedback/audit?", newest),
                ("published", audit),
                ("feedback?", "x"),
                ("feedback?", dueBy[1..]),
                ("feedback?", dueBy + "="),
                ("feedback?", dueBy + "AAAA"),
                ("feedback?", dueBy[..^1] + "%20"),
                ("feedback?", dueBy[..^1] + "+"),
                ("feedback?", new string('x', 3_000)),
                ("feedback?", $"{dueBy}&after={dueBy}"),
                ("feedback?", dueBy + "&page=1"),
                ("feedback/audit?", audit + "&page=2"),
                ("published", published + "&page=2"),
            }
        )
        {
            (await ReadAsync(app, site, path, "&pageSize=1&after=" + after)).IsProblem(400, "invalid_cursor");
        }
        (await ReadAsync(app, site, "feedback?", $"&pageSize=0&after={dueBy}")).IsProblem(400, "invalid_paging");

        async Task<string> NextAsync(string path) =>
            (await ReadAsync(app, site, path, "&pageSize=1")).Json.GetProperty("next").GetString()!;
    }

    [Theory, EveryDatabase]
    public async Task A_cursor_before_or_after_everything_and_an_empty_one_are_places_too(DatabaseKind kind)
    {
        var app = await apps.OnAsync(kind);
        var site = app.NewSite();
        await AddAsync(app, site, 20, 0);
        Assert.Empty((await NewestAsync(new ListCursor(ListOrder.Newest, 0, long.MinValue, Guid.Empty))).Items);
        Assert.Equal(
            20,
            (await NewestAsync(new ListCursor(ListOrder.Newest, 0, long.MaxValue, Guid.Empty))).Items.Count
        );
        // An empty one is none, as in a form.
        Assert.Equal(
            1,
            (await ReadAsync(app, site, "feedback?", "&page=1&after="))
                .Is(HttpStatusCode.OK)
                .Json.GetProperty("page")
                .GetInt32()
        );

        async Task<AppReply> NewestAsync(ListCursor after) =>
            (await ReadAsync(app, site, "feedback?sort=newest", $"&after={after}")).Is(HttpStatusCode.OK);
    }

    private static async Task<List<string>> AllAsync(FeedbackApp app, string site, string path)
    {
        var whole = (await ReadAsync(app, site, path, "&pageSize=100")).Is(HttpStatusCode.OK);
        Assert.False(whole.Json.TryGetProperty("next", out _));
        return [.. whole.Items.Select(NameOf)];
    }

    private static Task<AppReply> ReadAsync(FeedbackApp app, string site, string path, string part) =>
        path == "published" ? app.GetAsync(site, "feedback?" + part) : app.ReadAsync(site, path + part);

    private static string NameOf(System.Text.Json.JsonElement item) =>
        item.GetProperty(item.TryGetProperty("title", out _) ? "title" : "text").GetString()!;

    // Four of each instant, in all states, due on four days; with a step each of the same instant.
    private static Task<int> AddAsync(FeedbackApp app, string site, int count, int first) =>
        app.WithDatabaseAsync(database =>
        {
            for (var i = first; i < first + count; i++)
            {
                var status = i % 2 == 0 ? FeedbackStatus.Published : (FeedbackStatus)(i / 2 % 6);
                var entry = StoredFeedback.Of(
                    site,
                    i,
                    Monday.AddSeconds(-i + (i % 1_000 / 4)),
                    status,
                    i % 3 == 0 ? i % 4 : -3_650
                );
                if (status == FeedbackStatus.Published)
                {
                    (entry.PublishedAt, entry.PublicTitle) = (entry.ReceivedAt, entry.Title);
                }
                entry.AssignedTo = i % 3 == 0 ? "an" : null;
                database.Add(entry);
                database.Add(
                    new FeedbackStep
                    {
                        Id = Guid.CreateVersion7(),
                        Site = site,
                        FeedbackId = entry.Id,
                        At = entry.ReceivedAt,
                        By = "an",
                        Kind = StepKind.Noted,
                        Text = entry.Title,
                    }
                );
            }

            return database.SaveChangesAsync(Cancel);
        });
}
