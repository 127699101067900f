using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using PortalServices.Testing;
using PortalServices.Testing.Portal;
using PortalServices.Testing.Store;
using PortalServices.UpgradeFixtures;

namespace PortalServices.Upgrade.Tests;

/// <summary>
/// What earlier versions left behind, stopped or killed, is opened by this one: nothing is lost, and all of it can be
/// gone on with.
/// </summary>
public sealed class UpgradeTests
{
    private static readonly TimeSpan CaptchaLifetime = TimeSpan.FromMinutes(20);
    private static readonly string Folder = Path.Combine(Repository.Root, "tests", "Upgrade.Tests", "fixtures");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static TheoryData<string> Fixtures =>
        [
            .. Directory
                .GetFiles(Folder, "*" + Archive.Extension, SearchOption.AllDirectories)
                .Select(file => Path.GetRelativePath(Folder, file))
                .Order(StringComparer.Ordinal),
        ];

    /// <summary>Those that were killed, and in a long run those that were stopped, too.</summary>
    public static TheoryData<string> OfStandalone =>
        [.. Variants.Of(Named("standalone-killed"), Named("standalone-stopped"))];

    private static IEnumerable<string> Named(string name) =>
        Fixtures
            .Select(row => row.Data)
            .Where(file => Path.GetFileName(file).StartsWith(name, StringComparison.Ordinal));

    [Theory, MemberData(nameof(Fixtures))]
    public async Task What_an_older_version_left_is_read_as_it_was_and_goes_on(string archive)
    {
        await using var portal = await RestoredPortal.OpenAsync(Path.Combine(Folder, archive));
        await portal.EventsHaveArrivedAsync();
        await EverythingIsReadAsItWasAsync(portal);
        await CountingGoesOnAsync(portal);
        await ContentGoesOnAsync(portal);
        await FeedbackGoesOnAsync(portal);
        await DeadLettersGoOnAsync(portal);
    }

    /// <summary>A backup before the first start of this version changes nothing, and has everything.</summary>
    [Theory, MemberData(nameof(OfStandalone))]
    public async Task What_an_older_version_left_is_backed_up_and_put_back(string archive)
    {
        await using var portal = await RestoredPortal.OpenAsync(Path.Combine(Folder, archive), throughBackup: true);
        await portal.EventsHaveArrivedAsync();
        await EverythingIsReadAsItWasAsync(portal);
        await CountingGoesOnAsync(portal);
    }

    [Fact]
    public void Both_ways_to_run_were_kept_stopped_or_killed() =>
        Assert.Equal(
            ["services-killed", "standalone-killed", "standalone-stopped"],
            Fixtures
                .Select(row => Path.GetFileName(row.Data).Replace(Archive.Extension, "", StringComparison.Ordinal))
                .Distinct()
                .Order(StringComparer.Ordinal)
        );

    /// <summary>Every reply to a GET, once what arrives late has arrived.</summary>
    private static async Task EverythingIsReadAsItWasAsync(RestoredPortal portal)
    {
        Assert.NotEmpty(portal.Fixture.Reads);
        List<string> differences = [];
        await Eventually.HoldsAsync(
            async () =>
            {
                List<string> found = [];
                foreach (var read in portal.Fixture.Reads)
                {
                    found.AddRange(
                        SameReply.Differences(
                            read,
                            await portal.ReadAsync(read),
                            portal.Fixture.RecordedAt,
                            TimeProvider.System.GetUtcNow()
                        )
                    );
                }
                differences = found;
                return true;
            },
            "all was read",
            Cancel
        );
        Assert.True(differences.Count == 0, string.Join('\n', differences));
    }

    private static async Task CountingGoesOnAsync(RestoredPortal portal)
    {
        var (site, visitors, left) = (portal.Fixture.Site, portal.Shape.PublicDoor, portal.Fixture.Unfinished);
        var total = Total(portal.Recorded("stats"));

        // Ids of the last generation are remembered until one of this version has come to an end after it.
        foreach (var sent in left.Views)
        {
            var age = (long)(TimeProvider.System.GetUtcNow() - portal.Fixture.RecordedAt).TotalMilliseconds;
            foreach (
                var again in (ViewCall[])
                    [
                        new(sent.Page) { View = sent.Id },
                        new(sent.Page) { View = sent.Id, Age = age.ToString(CultureInfo.InvariantCulture) },
                    ]
            )
            {
                var reply = await visitors.ViewAsync(site, again, Cancel);
                Assert.Equal((false, "duplicate"), (reply.Counted, reply.Reason));
                Assert.Equal(total, reply.Stats.Views.Total);
            }
        }

        var view = await visitors.ViewAsync(site, new ViewCall("/") { View = ViewCall.NewId() }, Cancel);
        Assert.True(view.Counted);
        Assert.Equal(total + 1, view.Stats.Views.Total);
        Assert.Equal(PageTotal(portal, "/") + 1, view.Stats.Page!.Views.Total);

        var undone = await portal.OperatorAsync(
            HttpMethod.Post,
            $"corrections/{left.Correction.Id}/undo",
            """{"reason":"Thử sau khi nâng cấp"}"""
        );
        Assert.Equal(200, (int)undone.Status);
        var baseline = await portal.OperatorAsync(HttpMethod.Post, "baselines", left.Baseline);
        Assert.Equal(200, (int)baseline.Status);
        var counted = await visitors.ViewAsync(
            site,
            new ViewCall(left.Correction.Page) { View = ViewCall.NewId() },
            Cancel
        );
        Assert.Equal(total + 2 - left.Correction.Change, counted.Stats.Views.Total);

        // Minutes and hours are kept for a while only: they need not add up to all that was ever counted.
        await using var store = await portal.Shape.ConnectToStoreAsync();
        var ledger = await Ledger.ReadAsync(store, site);
        Assert.All(
            [ledger.Pages.Values.Sum(), ledger.Days.Values.Sum(), ledger.Weeks.Values.Sum()],
            sum => Assert.Equal(ledger.Total, sum)
        );
    }

    private static async Task ContentGoesOnAsync(RestoredPortal portal)
    {
        var (site, visitors, left) = (portal.Fixture.Site, portal.Shape.PublicDoor, portal.Fixture.Unfinished);

        // That they were published was still on its way to counting, which tells content of views of published pages
        // only.
        foreach (var slug in left.UnannouncedArticles)
        {
            Assert.True(
                (
                    await visitors.ViewAsync(
                        site,
                        new ViewCall($"/articles/{slug}") { View = ViewCall.NewId() },
                        Cancel
                    )
                ).Counted
            );
            await Eventually.HoldsAsync(
                async () =>
                    (await visitors.GetAsync($"/api/sites/{site}/articles/{slug}", Cancel))
                        .Json.GetProperty("views")
                        .GetInt64() == 1,
                $"the view of {slug} in the article",
                Cancel
            );
        }

        var before = (await portal.OperatorAsync(HttpMethod.Get, $"articles/{left.Article}")).Json;
        var changed = await portal.OperatorAsync(
            HttpMethod.Put,
            $"articles/{left.Article}",
            """{"title":"Sau khi nâng cấp phiên bản","body":"Nội dung mới."}""",
            $"\"{before.GetProperty("version").GetInt64()}\""
        );
        Assert.Equal(200, (int)changed.Status);
        var published = await portal.OperatorAsync(HttpMethod.Post, $"articles/{left.Draft}/publish", null, "*");
        Assert.Equal(200, (int)published.Status);
        foreach (var article in (JsonElement[])[changed.Json, published.Json])
        {
            var shown = await visitors.GetAsync($"/api/sites/{site}{article.GetProperty("path").GetString()}", Cancel);
            Assert.Equal(article.GetProperty("title").GetString(), shown.Json.GetProperty("title").GetString());
        }

        var found = await visitors.GetAsync($"/api/sites/{site}/articles?q=%22sau+khi+nang+cap+phien+ban%22", Cancel);
        Assert.Equal(1, found.Json.GetProperty("total").GetInt32());
    }

    private static async Task FeedbackGoesOnAsync(RestoredPortal portal)
    {
        var (site, visitors, left) = (portal.Fixture.Site, portal.Shape.PublicDoor, portal.Fixture.Unfinished);
        var open = (await portal.OperatorAsync(HttpMethod.Get, $"feedback/{left.Feedback}")).Json;
        var answered = await portal.OperatorAsync(
            HttpMethod.Post,
            $"feedback/{left.Feedback}/answer",
            """{"text":"Sau khi nâng cấp."}""",
            $"\"{open.GetProperty("version").GetInt64()}\""
        );
        Assert.Equal(200, (int)answered.Status);
        var own = await visitors.GetAsync(
            $"/api/sites/{site}/feedback/{open.GetProperty("receipt").GetString()}",
            Cancel
        );
        Assert.Equal("Sau khi nâng cấp.", own.Json.GetProperty("answer").GetString());

        // It can be read who made the captcha: one that was never made is unknown, and one that is too old has expired.
        var captcha = await visitors.GetAsync($"/api/captchas/{left.Captcha}/audio.wav", Cancel);
        var isYoung = TimeProvider.System.GetUtcNow() - portal.Fixture.RecordedAt < CaptchaLifetime / 2;
        Assert.Contains(
            ((int)captcha.Status, captcha.MediaType == "application/problem+json" ? captcha.Code : null),
            ((int, string?)[])(isYoung ? [(200, null)] : [(410, "captcha_gone"), (200, null)])
        );

        // Sent again with its key it is the same feedback.
        var again = JsonNode.Parse(left.Sent.Body)!;
        again["captcha"] = new JsonObject { ["id"] = left.Captcha, ["answer"] = "AAAAAA" };
        var repeated = await visitors.PostAsync(
            $"/api/sites/{site}/feedback",
            again.ToJsonString(),
            "application/json",
            Cancel,
            ("Idempotency-Key", left.Sent.Key)
        );
        Assert.Equal(
            (201, left.Sent.Receipt),
            ((int)repeated.Status, repeated.Json.GetProperty("receipt").GetString())
        );

        var fresh = await visitors.PostAsync($"/api/captchas?site={site}", "", "application/json", Cancel);
        await using var database = await portal.Shape.ConnectToFeedbackAsync();
        var id = fresh.Json.GetProperty("id").GetString()!;
        again["captcha"] = new JsonObject
        {
            ["id"] = id,
            ["answer"] = (await CaptchaSolver.OfAsync(database)).Answer(id),
        };
        var other = await visitors.PostAsync(
            $"/api/sites/{site}/feedback",
            again.ToJsonString(),
            "application/json",
            Cancel,
            ("Idempotency-Key", Guid.NewGuid().ToString("N"))
        );
        Assert.Equal(201, (int)other.Status);
        Assert.NotEqual(left.Sent.Receipt, other.Json.GetProperty("receipt").GetString());
    }

    private static async Task DeadLettersGoOnAsync(RestoredPortal portal)
    {
        // The database takes views again: what it refused succeeds.
        var (ofContent, ofCounting) = (await LettersAsync(portal, "content"), await LettersAsync(portal, "counting"));
        Assert.NotEmpty(ofContent);
        Assert.NotEmpty(ofCounting);
        foreach (var letter in ofContent)
        {
            Assert.Equal(
                202,
                (int)
                    (
                        await portal.SendAsync(HttpMethod.Post, $"/api/operator/dead-letters/content/{letter}/replay")
                    ).Status
            );
        }
        await Eventually.HoldsAsync(
            async () => (await LettersAsync(portal, "content")).Count == 0,
            "what was replayed is gone",
            Cancel
        );

        foreach (var letter in ofCounting)
        {
            Assert.Equal(
                204,
                (int)(await portal.SendAsync(HttpMethod.Delete, $"/api/operator/dead-letters/counting/{letter}")).Status
            );
        }
        Assert.Empty(await LettersAsync(portal, "counting"));
    }

    private static async Task<IReadOnlyList<string>> LettersAsync(RestoredPortal portal, string service) =>
        [
            .. (await portal.SendAsync(HttpMethod.Get, $"/api/operator/dead-letters/{service}"))
                .Json.GetProperty("items")
                .EnumerateArray()
                .Select(item => item.GetProperty("id").GetString()!),
        ];

    private static long Total(JsonElement stats) => stats.GetProperty("views").GetProperty("total").GetInt64();

    private static long PageTotal(RestoredPortal portal, string page) =>
        Total(portal.Recorded($"stats?page={Uri.EscapeDataString(page)}").GetProperty("page"));
}
