using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using PortalServices.Testing;
using PortalServices.Testing.Portal;
using PortalServices.Testing.Processes;
using PortalServices.Testing.Shapes;
using PortalServices.Testing.Store;
using PortalServices.Testing.Storm;

namespace PortalServices.Standalone.Tests.Backups;

/// <summary>The drill: a backup under load, the loss of everything, and what comes back.</summary>
public sealed class BackupDrillTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static (string, string) Authorization => ("Authorization", $"Bearer {BusyPortal.Chief.Value}");

    [Fact]
    public async Task A_backup_under_load_is_put_back_whole_after_everything_was_lost()
    {
        using var kept = new TemporaryDirectory();
        string backup = kept.File("backup"),
            secrets = kept.File("secrets");
        await using var portal = await StandaloneShape.StartNewAsync(BusyPortal.Settings);
        // Most portals have been started on a checkpoint.
        await SucceedsAsync(portal.RunCommandAsync("--backup", kept.File("earlier")));
        await portal.KillAsync();
        await portal.StartAsync();
        var busy = new BusyPortal(portal);
        busy.Begin();
        await busy.HasAsync(views: 500, others: 3);

        var before = Seen.Of(busy);
        await SucceedsAsync(portal.RunCommandAsync("--backup", backup, "--backup-secrets", secrets));
        Assert.Empty(busy.Refused);
        var sent = busy.Storm.Views.Where(view => view.Sent).ToHashSet();
        var (receipts, articles) = (busy.Receipts.Count, busy.Articles.Count);
        await busy.HasAsync(busy.Storm.Acknowledged + 500, Math.Max(receipts, articles) + 3);
        var lostEpoch = await EpochAsync(portal, "north");
        await portal.KillAsync();
        await busy.EndAsync();
        Directory.Delete(portal.Data, recursive: true);

        var manifest = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(backup, "manifest.json"), Cancel))!;
        await using var restored = StandaloneShape.Prepare(BusyPortal.Settings);
        await SucceedsAsync(restored.RunCommandAsync("--restore", backup, "--restore-secrets", secrets));
        await restored.StartAsync();
        await HasTheTotalsAsync(restored, manifest, before, sent);
        await HasTheTextsAsync(restored, manifest, before);
        await TellsTheLossAsync(restored, manifest);
        await CountsNothingTwiceAsync(restored, busy, before);
        Assert.True(await EpochAsync(restored, "north") > lostEpoch, "versions ran backwards");
    }

    /// <summary>Each ledger is as the manifest says, has all that was acknowledged before, and nothing else.</summary>
    private static async Task HasTheTotalsAsync(
        StandaloneShape restored,
        JsonNode manifest,
        Seen before,
        IReadOnlySet<StormView> sent
    )
    {
        await using var store = await restored.ConnectToStoreAsync();
        foreach (var site in BusyPortal.Stormy)
        {
            var (ledger, noted) = (await Ledger.ReadAsync(store, site), manifest["counting"]!["sites"]![site]!);
            Assert.Empty(ledger.Contradictions());
            Assert.Equal(noted["counted"]!.GetValue<long>(), ledger.Total);
            Assert.Equal(noted["shownOfDay"]!.GetValue<long>(), ledger.Total);
            Assert.Equal(ledger.Total, (await restored.PublicDoor.StatsAsync(site, Cancel)).Stats.Views.Total);
            Assert.InRange(
                ledger.Total,
                before.Views.Count(view => view.Site == site),
                sent.Count(view => view.Site == site)
            );
            Assert.All(
                before.Views.Where(view => view.Site == site && view.HasOwnPage),
                view => Assert.Equal(1, ledger.Pages.GetValueOrDefault(view.Page))
            );
            Assert.All(ledger.Pages.Where(page => page.Key.StartsWith("/own/", StringComparison.Ordinal)), IsSent);

            void IsSent(KeyValuePair<string, long> page)
            {
                Assert.Equal(1, page.Value);
                Assert.Contains(sent, view => view.Page == page.Key);
            }
        }
    }

    private static async Task HasTheTextsAsync(StandaloneShape restored, JsonNode manifest, Seen before)
    {
        await using var database = await restored.ConnectToFeedbackAsync();
        await using var command = database.CreateCommand();
        command.CommandText = """SELECT "Receipt", "Title", "Content" FROM "Feedback" """;
        var stored = new Dictionary<string, string>();
        await using (var rows = await command.ExecuteReaderAsync(Cancel))
        {
            while (await rows.ReadAsync(Cancel))
            {
                stored[rows.GetString(0)] = rows.GetString(1);
                Assert.Equal($"Nội dung của {rows.GetString(1)}", rows.GetString(2));
            }
        }
        Assert.Equal(manifest["feedback"]!["receipts"]!.GetValue<long>(), stored.Count);
        Assert.Equal(manifest["feedback"]!["entries"]!["north"]!["received"]!.GetValue<long>(), stored.Count);
        // Each sender has seen a page before, and sees the next one when the receipt is there: at one moment there is one
        // page more at the most.
        await using (var store = await restored.ConnectToStoreAsync())
        {
            Assert.InRange((await Ledger.ReadAsync(store, BusyPortal.Pairs)).Total - stored.Count, 0, 1);
        }
        foreach (var (receipt, title) in before.Receipts)
        {
            Assert.Equal(title, stored.GetValueOrDefault(receipt));
            Assert.Equal(
                HttpStatusCode.OK,
                (await restored.PublicDoor.GetAsync($"/api/sites/north/feedback/{receipt}", Cancel)).Status
            );
        }

        var list = await restored.PublicDoor.GetAsync("/api/sites/north/articles?pageSize=1", Cancel);
        Assert.Equal(
            manifest["content"]!["articles"]!["north"]!["published"]!.GetValue<long>(),
            list.Json.GetProperty("total").GetInt64()
        );
        foreach (var (slug, title) in before.Articles)
        {
            var article = await restored.PublicDoor.GetAsync($"/api/sites/north/articles/{slug}", Cancel);
            Assert.Equal(title, article.Json.GetProperty("title").GetString());
            Assert.Contains($"Nội dung {title}", article.Json.GetRawText().Normalize(), StringComparison.Ordinal);
        }
    }

    private static async Task<string> OpenLossesAsync(StandaloneShape portal)
    {
        const string Metric = "portal_counting_store_losses_open{} ";
        var page = (await portal.ProbeDoor.GetAsync("/metrics", Cancel)).Body;
        return page.Split('\n').Single(line => line.StartsWith(Metric, StringComparison.Ordinal))[Metric.Length..];
    }

    /// <summary>With nothing that survived, what was lost is unknown; that something was is told until it is acknowledged.</summary>
    private static async Task TellsTheLossAsync(StandaloneShape restored, JsonNode manifest)
    {
        const string Loss = "/api/operator/sites/north/store-loss";
        for (var start = 0; start < 2; start++)
        {
            Assert.True((await restored.PublicDoor.StatsAsync("north", Cancel)).Stats.StoreLoss);
            var loss = (await restored.OperatorsDoor.GetAsync(Loss, Cancel, Authorization)).Json;
            Assert.Equal(InstantOf(manifest), loss.GetProperty("restoredFrom").GetDateTimeOffset());
            Assert.False(loss.TryGetProperty("expected", out _));
            Assert.Equal(
                manifest["counting"]!["sites"]!["north"]!["counted"]!.GetValue<long>(),
                loss.GetProperty("found").GetProperty("views").GetInt64()
            );
            // What the alert looks at, after a restart, too.
            Assert.NotEqual("0", await OpenLossesAsync(restored));
            await restored.KillAsync();
            await restored.StartAsync();
        }

        foreach (var site in BusyPortal.Sites)
        {
            var acknowledged = await restored.OperatorsDoor.PostAsync(
                $"/api/operator/sites/{site.Id}/store-loss/acknowledge",
                """{"reason":"Diễn tập"}""",
                "application/json",
                Cancel,
                Authorization
            );
            Assert.Equal(HttpStatusCode.OK, acknowledged.Status);
            Assert.Equal(InstantOf(manifest), acknowledged.Json.GetProperty("restoredFrom").GetDateTimeOffset());
        }
        await restored.KillAsync();
        await restored.StartAsync();
        Assert.False((await restored.PublicDoor.StatsAsync("north", Cancel)).Stats.StoreLoss);
        Assert.Equal("0", await OpenLossesAsync(restored));
        var audit = await restored.OperatorsDoor.GetAsync("/api/operator/sites/north/audit", Cancel, Authorization);
        Assert.Equal(
            InstantOf(manifest),
            audit.Json.GetProperty("items")[0].GetProperty("restoredFrom").GetDateTimeOffset()
        );
    }

    /// <summary>
    /// Everybody sends everything again: what was counted before is a duplicate, the rest counts once.
    /// </summary>
    private static async Task CountsNothingTwiceAsync(StandaloneShape restored, BusyPortal busy, Seen before)
    {
        var sent = busy.Storm.Views.Where(view => view.Sent).ToList();
        await Parallel.ForEachAsync(
            sent,
            new ParallelOptions { MaxDegreeOfParallelism = 16, CancellationToken = Cancel },
            async (view, cancel) =>
            {
                var call = new ViewCall(view.Page)
                {
                    View = view.Id,
                    Age = TimeSpan.FromMinutes(5).TotalMilliseconds.ToString(CultureInfo.InvariantCulture),
                };
                var reply = await restored.PublicDoor.ViewAsync(view.Site, call, cancel);
                Assert.True(reply.Status is HttpStatusCode.OK, reply.ToString());
                Assert.True(reply.Reason is null or "duplicate", reply.ToString());
                if (before.Views.Contains(view))
                {
                    Assert.Equal("duplicate", reply.Reason);
                }
            }
        );
        await using var store = await restored.ConnectToStoreAsync();
        Assert.Empty(await busy.Storm.ContradictionsAsync(store));
        Assert.Equal(sent.Count, await busy.Storm.CountedAsync(store));
    }

    private static DateTimeOffset InstantOf(JsonNode manifest) =>
        DateTimeOffset.FromUnixTimeMilliseconds(
            DateTimeOffset
                .Parse(manifest["instant"]!.GetValue<string>(), CultureInfo.InvariantCulture)
                .ToUnixTimeMilliseconds()
        );

    private static async Task<long> EpochAsync(StandaloneShape portal, string site)
    {
        await using var store = await portal.ConnectToStoreAsync();
        return (long)await store.GetDatabase().HashGetAsync(Ledger.Key(site), "epoch");
    }

    private static async Task SucceedsAsync(Task<HostRun> command)
    {
        var run = await command;
        Assert.True(run.ExitCode == 0, string.Join('\n', run.Errors));
    }

    /// <summary>What clients knew at one moment.</summary>
    private sealed record Seen(
        IReadOnlySet<StormView> Views,
        IReadOnlyDictionary<string, string> Receipts,
        IReadOnlyDictionary<string, string> Articles
    )
    {
        public static Seen Of(BusyPortal busy) =>
            new(
                busy.Storm.Views.Where(view => view.Acknowledged).ToHashSet(),
                new Dictionary<string, string>(busy.Receipts),
                new Dictionary<string, string>(busy.Articles)
            );
    }
}
