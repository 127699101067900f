using System.Globalization;
using Microsoft.Extensions.Time.Testing;
using PortalServices.Counting.Housekeeping;
using PortalServices.Counting.Ledger;
using PortalServices.Counting.RankPages;
using PortalServices.Counting.Tests.Fixtures;
using PortalServices.Testing;
using PortalServices.Testing.Processes;
using StackExchange.Redis;

namespace PortalServices.Counting.Tests.Housekeeping;

/// <summary>
/// Much is folded and removed: in steps, between which others have their turn. Counted by the store's own list of
/// commands.
/// </summary>
public sealed class SweepStepsTests
{
    private const int Small = 20_000,
        Large = 100,
        MaxArgumentsListed = 32;
    private static readonly DateTimeOffset Start = new(2026, 1, 5, 12, 0, 0, TimeSpan.Zero);
    private readonly Site _site = new() { Id = "swept" };

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Twenty_thousand_pages_are_folded_in_small_steps_and_a_reader_of_the_ranking_waits_for_one_of_them()
    {
        var time = new FakeTimeProvider(Start);
        await using var redis = await RedisServer.StartAsync(
            "everysec",
            "--slowlog-log-slower-than",
            "0",
            "--slowlog-max-len",
            "100000"
        );
        await using var connection = await redis.ConnectAsync();
        await using var process = new CountingProcess(redis, _site, time, ("Counting:PagesPerSite", "20000"));
        var (key, database) = (CountingKeys.Ledger(_site.Id), connection.GetDatabase());
        await process.ViewAsync("/page/1");
        var day = process.Site.Calendar.Of(Start.AddDays(-60)).Day;
        foreach (var some in Enumerable.Range(1, Small).Chunk(5_000))
        {
            await database.HashSetAsync(
                key,
                [.. some.Select(i => new HashEntry(Text($"p:/small/{i}"), Text($"2 {day} 2 0 0 {day} 2 0 0")))]
            );
        }
        await database.HashSetAsync(
            key,
            [
                .. Enumerable
                    .Range(2, Large - 1)
                    .Select(i => new HashEntry(Text($"p:/page/{i}"), Text($"{1_000 + i} {day} 1 0 0 {day} 1 0 0"))),
            ]
        );
        await database.HashSetAsync(key, "pn", Small + Large);

        // Somebody goes through the pages until all are folded and the first step of removing them waits.
        var gone = new TaskCompletionSource();
        var before = process.Site.Scans.RunAsync(() => gone.Task);
        var house = process.KeepHouseAsync();
        await Eventually.BecomesAsync(
            async () => (int)await database.HashGetAsync(key, "pn"),
            pages => pages == Large,
            "all folded",
            Cancel
        );
        var top = process.Site.Ranking.TopAsync(RankPeriod.Total, 2);
        gone.SetResult();
        Assert.Equal(["/page/100", "/page/99"], await top);
        await house;
        await before;
        Assert.Equal(
            (Small * 2, Large + 1),
            (
                (await Testing.Store.Ledger.ReadAsync(connection, _site.Id)).Pages["*"],
                (await Testing.Store.Ledger.ReadAsync(connection, _site.Id)).Pages.Count
            )
        );

        var commands = (await connection.GetServers()[0].SlowlogGetAsync(100_000))
            .OrderBy(command => command.UniqueId)
            .Select(Command.Of)
            .ToList();
        var removals = commands.Where(command => command.Name == "HDEL").ToList();
        Assert.Equal(Small, removals.Sum(removal => removal.Arguments - 1));
        Assert.InRange(removals.Max(removal => removal.Arguments - 1), 1, SiteHousekeeping.FieldsPerCommand);
        var folds = commands.Where(command => command.Name == "HSET" && command.Second == "p:/small").ToList();
        Assert.NotEmpty(folds);
        // A name and a value each, and a few fields more.
        Assert.InRange(folds.Max(fold => fold.Arguments - 1), 1, 2 * (SiteHousekeeping.PagesPerFold + 10));
        // The ranking was read behind the first step of removing, and not behind the last.
        var read = commands.FindLastIndex(command => command.Name == "HSCAN");
        Assert.InRange(
            commands.Skip(read).Count(command => command.Name == "HDEL"),
            (Small / SiteHousekeeping.FieldsPerCommand) - 1,
            int.MaxValue
        );
    }

    /// <summary>A process that ends finishes the step that it is at, and leaves the rest to the next turn.</summary>
    [Fact]
    public async Task A_sweep_ends_with_its_process_between_two_steps()
    {
        const int Silent = 5_000;
        await using var redis = await RedisServer.StartAsync("everysec");
        await using var connection = await redis.ConnectAsync();
        await using var process = new CountingProcess(redis, _site, new FakeTimeProvider(Start));
        var (key, database) = (CountingKeys.Ledger(_site.Id), connection.GetDatabase());
        await process.ViewAsync("/a");
        await database.HashSetAsync(
            key,
            [.. Enumerable.Range(1, Silent).Select(i => new HashEntry(Text($"m:{i}"), 1))]
        );

        // The first step waits for somebody who goes through the pages.
        var gone = new TaskCompletionSource();
        var before = process.Site.Scans.RunAsync(() => gone.Task);
        using var stop = new CancellationTokenSource();
        var house = process.Get<HousekeepingService>().RunAsync(stop.Token);
        await Eventually.HoldsAsync(
            async () => (await redis.CommandStatsAsync()).ContainsKey("hscan"),
            "it is at work",
            Cancel
        );
        await stop.CancelAsync();
        gone.SetResult();
        await before;
        await house.ContinueWith(_ => { }, Cancel, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);

        Assert.InRange(await database.HashLengthAsync(key), Silent - SiteHousekeeping.FieldsPerCommand, int.MaxValue);
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    /// <summary>
    /// A command as the store lists it: of more than 32 words, the last one tells how many are left out.
    /// </summary>
    private sealed record Command(string Name, string? Second, int Arguments)
    {
        public static Command Of(CommandTrace trace)
        {
            var words = Array.ConvertAll(trace.Arguments, word => (string)word!);
            var count = words.Length;
            if (count == MaxArgumentsListed && words[^1].StartsWith("... (", StringComparison.Ordinal))
            {
                count += int.Parse(words[^1].Split('(', ' ')[2], CultureInfo.InvariantCulture) - 1;
            }
            // Numbers of pages are left out of their names.
            return new Command(
                words[0].ToUpperInvariant(),
                words.ElementAtOrDefault(2) is { } second ? second[..Math.Max(0, second.LastIndexOf('/'))] : null,
                count - 1
            );
        }
    }
}
