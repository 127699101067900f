using System.Net;
using System.Text.Json;
using PortalServices.Testing;
using PortalServices.Testing.Portal;
using PortalServices.Testing.Shapes;

namespace PortalServices.Standalone.Tests.Host;

/// <summary>A store that was lost or set back is told until an operator acknowledges it.</summary>
public sealed class StoreLossTests(UsedFolder used)
{
    private const string Site = UsedFolder.Site,
        Loss = $"/api/operator/sites/{Site}/store-loss";
    private static readonly OperatorKey Key = new("chief", ["counting.read", "counting.write"], ["*"]),
        Reader = new("reader", ["counting.read"], ["*"]);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static PortalSettings Settings => new() { Keys = [Key, Reader] };

    private static (string, string) Authorization => Of(Key);

    [Fact]
    public async Task A_store_that_was_set_back_is_told_until_it_is_acknowledged()
    {
        const int Kept = UsedFolder.Views,
            Lost = 5;
        await using var portal = await used.PrepareAsync(Settings);
        using var copy = new TemporaryDirectory();
        Folders.Copy(Path.Combine(portal.Data, "store"), copy.Path);
        await portal.StartAsync();
        Assert.False((await portal.PublicDoor.StatsAsync(Site, Cancel)).Stats.StoreLoss);
        await ViewAsync(portal, Lost);
        await portal.TerminateAsync();

        Directory.Delete(Path.Combine(portal.Data, "store"), recursive: true);
        Folders.Copy(copy.Path, Path.Combine(portal.Data, "store"));
        await portal.StartAsync();

        var stats = await portal.PublicDoor.StatsAsync(Site, Cancel);
        Assert.Equal((true, (long)Kept), (stats.Stats.StoreLoss, stats.Stats.Views.Total));
        await ToldAsync(portal, expected: Kept + Lost, found: Kept);
        // Counting goes on, and says so in every reply.
        var view = await portal.PublicDoor.ViewAsync(Site, new ViewCall("/a"), Cancel);
        Assert.True(view.Json.GetProperty("storeLoss").GetBoolean());

        // It is still told after a restart.
        await portal.TerminateAsync();
        await portal.StartAsync();
        await ToldAsync(portal, expected: Kept + Lost, found: Kept);
        stats = await portal.PublicDoor.StatsAsync(Site, Cancel);

        await ReaderAcknowledgesNothingAsync(portal);
        Assert.Equal("invalid_reason", (await AcknowledgeAsync(portal, """{"reason":" "}""")).Code);
        var acknowledged = await AcknowledgeAsync(portal, """{"reason":"Khôi phục bản sao lưu"}""");
        Assert.Equal(HttpStatusCode.OK, acknowledged.Status);
        Assert.Equal(
            (false, "chief"),
            (
                acknowledged.Json.GetProperty("storeLoss").GetBoolean(),
                acknowledged.Json.GetProperty("acknowledged").GetProperty("who").GetString()
            )
        );
        Assert.Equal(acknowledged.Body, (await AcknowledgeAsync(portal, """{"reason":"again"}""")).Body);

        var after = await portal.PublicDoor.GetAsync(
            $"/api/sites/{Site}/stats",
            Cancel,
            ("If-None-Match", stats.Header("ETag")!)
        );
        Assert.Equal((HttpStatusCode.OK, false), (after.Status, after.Stats.StoreLoss));
        Assert.Equal("healthy", (await HealthAsync(portal)).GetProperty("status").GetString());
        var entry = (
            await portal.OperatorsDoor.GetAsync($"/api/operator/sites/{Site}/audit", Cancel, Authorization)
        ).Json.GetProperty("items")[0];
        Assert.Equal(
            ("storeLoss", "chief", "Khôi phục bản sao lưu"),
            (Text(entry, "kind"), Text(entry, "who"), Text(entry, "reason"))
        );
        Assert.Equal(
            (Kept + Lost, Kept),
            (
                entry.GetProperty("expected").GetProperty("views").GetInt64(),
                entry.GetProperty("found").GetProperty("views").GetInt64()
            )
        );

        // Acknowledged once, it is not told again.
        await portal.TerminateAsync();
        await portal.StartAsync();
        Assert.False((await portal.PublicDoor.StatsAsync(Site, Cancel)).Stats.StoreLoss);
    }

    [Fact]
    public async Task A_store_that_was_moved_away_is_told_after_a_kill_too()
    {
        await using var portal = await StandaloneShape.StartNewAsync(Settings);
        await ViewAsync(portal, 4);
        await Eventually.HoldsAsync(
            () => File.Exists(Path.Combine(portal.Data, "acknowledged")),
            "the file is written",
            Cancel
        );
        await portal.KillAsync();
        Directory.Move(Path.Combine(portal.Data, "store"), Path.Combine(portal.Data, "store-before"));
        await portal.StartAsync();
        Assert.True((await portal.PublicDoor.StatsAsync(Site, Cancel)).Stats.StoreLoss);
        var loss = (await portal.OperatorsDoor.GetAsync(Loss, Cancel, Authorization)).Json;
        Assert.InRange(loss.GetProperty("expected").GetProperty("views").GetInt64(), 1, 4);
        Assert.Equal(0, loss.GetProperty("found").GetProperty("views").GetInt64());
    }

    [Theory]
    [InlineData(null)]
    [InlineData("site 1 2 3\nchecksum 12")]
    public async Task A_file_that_is_missing_or_broken_tells_nothing_and_holds_up_nothing(string? text)
    {
        await using var portal = await used.PrepareAsync(Settings);
        var file = Path.Combine(portal.Data, "acknowledged");
        File.Delete(file);
        if (text is not null)
        {
            await File.WriteAllTextAsync(file, text, Cancel);
        }
        await portal.StartAsync();
        Assert.False((await portal.PublicDoor.StatsAsync(Site, Cancel)).Stats.StoreLoss);
        Assert.Equal("no_store_loss", (await AcknowledgeAsync(portal, """{"reason":"x"}""")).Code);
        Assert.Equal(
            text is null ? 0 : 1,
            portal.Troubles.Count(line => line.Contains(file, StringComparison.Ordinal))
        );
        await ViewAsync(portal, 1);
        Assert.Equal([0], await portal.TerminateAsync());
        Assert.StartsWith(Site, await File.ReadAllTextAsync(file, Cancel), StringComparison.Ordinal);
    }

    /// <summary>Who may only read sees it, and leaves it as it is.</summary>
    private static async Task ReaderAcknowledgesNothingAsync(StandaloneShape portal)
    {
        var read = await portal.OperatorsDoor.GetAsync(Loss, Cancel, Of(Reader));
        Assert.Equal(HttpStatusCode.OK, read.Status);
        var refused = await portal.OperatorsDoor.PostAsync(
            $"{Loss}/acknowledge",
            """{"reason":"x"}""",
            "application/json",
            Cancel,
            Of(Reader)
        );
        Assert.Equal(HttpStatusCode.Forbidden, refused.Status);
        var again = await portal.OperatorsDoor.GetAsync(Loss, Cancel, Of(Reader));
        Assert.Equal(read.Body, again.Body);
    }

    private static (string, string) Of(OperatorKey key) => ("Authorization", $"Bearer {key.Value}");

    private static async Task ToldAsync(StandaloneShape portal, long expected, long found)
    {
        var loss = (await portal.OperatorsDoor.GetAsync(Loss, Cancel, Authorization)).Json;
        Assert.True(loss.GetProperty("storeLoss").GetBoolean());
        Assert.Equal(
            (expected, found),
            (
                loss.GetProperty("expected").GetProperty("views").GetInt64(),
                loss.GetProperty("found").GetProperty("views").GetInt64()
            )
        );
        var health = await HealthAsync(portal);
        Assert.Equal("degraded", health.GetProperty("status").GetString());
        Assert.Equal(
            $"{expected} views were counted, {found} were found",
            health.GetProperty("data").GetProperty(Site).GetString()
        );
    }

    private static async Task<JsonElement> HealthAsync(StandaloneShape portal) =>
        (await portal.ProbeDoor.GetAsync("/health/ready", Cancel)).Json.GetProperty("checks").GetProperty("storeLoss");

    private static Task<Reply> AcknowledgeAsync(StandaloneShape portal, string body) =>
        portal.OperatorsDoor.PostAsync($"{Loss}/acknowledge", body, "application/json", Cancel, Authorization);

    private static async Task ViewAsync(StandaloneShape portal, int views)
    {
        for (var view = 0; view < views; view++)
        {
            Assert.True((await portal.PublicDoor.ViewAsync(Site, new ViewCall("/a"), Cancel)).Counted);
        }
    }

    private static string? Text(JsonElement element, string name) => element.GetProperty(name).GetString();
}
