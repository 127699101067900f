using System.Net;
using System.Text.Json;
using PortalServices.Testing;
using PortalServices.Testing.Portal;
using PortalServices.Testing.Shapes;

namespace PortalServices.Crash.Tests.Store;

/// <summary>A Redis that was emptied or set back is told by every replica until an operator acknowledges it.</summary>
public sealed class StoreLossTests
{
    private const string Site = "site",
        Loss = $"/api/operator/sites/{Site}/store-loss";
    private static readonly OperatorKey Key = new("chief", ["admin"], ["*"]);
    private static readonly PortalSettings Settings = new()
    {
        Sites = [new(Site)],
        Keys = [Key],
        Gateway = false,
        // That every one says it, the first test shows.
        Replicas = LongRun.IsOn ? 2 : 1,
    };

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static (string, string) Authorization => ("Authorization", $"Bearer {Key.Value}");

    [Fact]
    public async Task A_store_that_was_emptied_is_told_by_every_replica_until_it_is_acknowledged()
    {
        await using var portal = await ServicesShape.StartNewAsync(Settings with { Gateway = true, Replicas = 2 });
        await ViewAsync(portal, 3);
        await portal.Redis.FlushAsync();

        await ToldAsync(portal, told: true);
        await ExpectedAsync(portal, expected: 3, found: 0);
        await ViewAsync(portal, 1);
        foreach (var replica in portal.Replicas)
        {
            // The one that did not count it knows of it two seconds later.
            var stats = await Eventually.BecomesAsync(
                async () => (await replica.Internal.StatsAsync(Site, Cancel)).Stats,
                stats => stats.Views.Total == 1,
                "the view on every replica",
                Cancel
            );
            Assert.True(stats.StoreLoss);
        }
        Assert.True((await portal.PublicDoor.StatsAsync(Site, Cancel)).Stats.StoreLoss);
        Assert.Equal(HttpStatusCode.OK, (await AcknowledgeAsync(portal)).Status);
        await ToldAsync(portal, told: false);
    }

    [Fact]
    public async Task An_older_file_of_the_store_is_told_and_stays_told_over_restarts()
    {
        await using var portal = await ServicesShape.StartNewAsync(Settings);
        await ViewAsync(portal, 2);
        using var copy = new TemporaryDirectory();
        await SetBackAsync(portal, copy, async () => await ViewAsync(portal, 4));

        await ToldAsync(portal, told: true);
        await ExpectedAsync(portal, expected: 6, found: 2);
        await portal.TerminateAsync();
        await portal.StartAsync();
        await ToldAsync(portal, told: true);
        Assert.Equal(HttpStatusCode.OK, (await AcknowledgeAsync(portal)).Status);
        await ToldAsync(portal, told: false);
        await portal.TerminateAsync();
        await portal.StartAsync();
        await ToldAsync(portal, told: false);
    }

    [Fact]
    public async Task A_restart_of_the_store_is_no_loss()
    {
        await using var portal = await ServicesShape.StartNewAsync(Settings);
        await ViewAsync(portal, 2);
        await portal.Redis.KillAsync();
        await portal.Redis.StartAgainAsync();
        await ViewAsync(portal, 2);
        await portal.TerminateAsync();
        await portal.StartAsync();
        await ViewAsync(portal, 2);
        Assert.False(
            (await OperatorsDoor(portal).GetAsync(Loss, Cancel, Authorization))
                .Json.GetProperty("storeLoss")
                .GetBoolean()
        );
        Assert.Equal("no_store_loss", (await AcknowledgeAsync(portal)).Code);
    }

    [Fact]
    public async Task Content_remembers_what_no_counting_process_does()
    {
        await using var portal = await ServicesShape.StartNewAsync(
            Settings with
            {
                Content = true,
                LongTimeouts = true,
            }
        );
        await ViewAsync(portal, 2);
        using var copy = new TemporaryDirectory();
        await SetBackAsync(
            portal,
            copy,
            async () =>
            {
                await ViewAsync(portal, 4);
                await Eventually.BecomesAsync(
                    () => RememberedAsync(portal),
                    views => views == 6,
                    "content has kept it",
                    Cancel
                );
                await Task.WhenAll(portal.Replicas.Select(replica => replica.KillAsync()));
            }
        );
        // Counting has gone on beyond the lost number before it hears of it.
        await portal.StartAsync();
        await ViewAsync(portal, 9);

        await ToldAsync(portal, told: true);
        Assert.Equal(
            6,
            (await OperatorsDoor(portal).GetAsync(Loss, Cancel, Authorization))
                .Json.GetProperty("expected")
                .GetProperty("views")
                .GetInt64()
        );
    }

    private static PortalClient Door(ServicesShape portal) =>
        portal.HasGateway ? portal.PublicDoor : portal.Replicas[0].Internal;

    private static PortalClient OperatorsDoor(ServicesShape portal) =>
        portal.HasGateway ? portal.OperatorsDoor : portal.Replicas[0].Internal;

    private static async Task SetBackAsync(ServicesShape portal, TemporaryDirectory copy, Func<Task> meanwhile)
    {
        await portal.Redis.KillAsync();
        Copy(portal.Redis.AppendOnlyDirectory, copy.Path);
        await portal.Redis.StartAgainAsync();
        await meanwhile();
        await portal.Redis.KillAsync();
        Directory.Delete(portal.Redis.AppendOnlyDirectory, recursive: true);
        Copy(copy.Path, portal.Redis.AppendOnlyDirectory);
        await portal.Redis.StartAgainAsync();
    }

    private static async Task ToldAsync(ServicesShape portal, bool told)
    {
        foreach (var replica in portal.Replicas)
        {
            await Eventually.HoldsAsync(
                async () =>
                    (await replica.Internal.StatsAsync(Site, Cancel)) is { Status: HttpStatusCode.OK } reply
                    && reply.Stats.StoreLoss == told,
                $"the box says storeLoss:{told}",
                Cancel
            );
            await Eventually.HoldsAsync(
                async () =>
                    (await replica.Probe.GetAsync("/health/ready", Cancel))
                        .Json.GetProperty("checks")
                        .GetProperty("storeLoss")
                        .GetProperty("status")
                        .GetString() == (told ? "degraded" : "healthy"),
                $"health says storeLoss:{told}",
                Cancel
            );
        }
    }

    private static Task<(long, long)> ExpectedAsync(ServicesShape portal, long expected, long found) =>
        Eventually.BecomesAsync(
            async () =>
            {
                var loss = (await OperatorsDoor(portal).GetAsync(Loss, Cancel, Authorization)).Json;
                return (Views(loss, "expected"), Views(loss, "found"));
            },
            told => told == (expected, found),
            $"{expected} expected, {found} found",
            Cancel
        );

    private static long Views(JsonElement loss, string state) =>
        loss.TryGetProperty(state, out var told) ? told.GetProperty("views").GetInt64() : -1;

    private static Task<Reply> AcknowledgeAsync(ServicesShape portal) =>
        OperatorsDoor(portal)
            .PostAsync($"{Loss}/acknowledge", """{"reason":"seen"}""", "application/json", Cancel, Authorization);

    private static async Task<long> RememberedAsync(ServicesShape portal)
    {
        await using var database = await portal.ConnectToContentAsync();
        await using var command = database.CreateCommand();
        command.CommandText = """SELECT "Views" FROM "SiteViews" WHERE "Site" = 'site'""";
        return await command.ExecuteScalarAsync(Cancel) is long views ? views : 0;
    }

    /// <summary>Sends views until each was counted; while the store is away they are refused.</summary>
    private static async Task ViewAsync(ServicesShape portal, int views)
    {
        for (var view = 0; view < views; view++)
        {
            var id = Guid.NewGuid().ToString("N");
            await Eventually.HoldsAsync(
                async () =>
                    (await Door(portal).ViewAsync(Site, new ViewCall("/a") { View = id }, Cancel)).Status
                    == HttpStatusCode.OK,
                "the view is counted",
                Cancel
            );
        }
    }

    private static void Copy(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (var file in Directory.GetFiles(from))
        {
            File.Copy(file, Path.Combine(to, Path.GetFileName(file)));
        }
    }
}
