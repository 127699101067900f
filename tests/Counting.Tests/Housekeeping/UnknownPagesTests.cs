using System.Globalization;
using Microsoft.Extensions.Time.Testing;
using PortalServices.Counting.Ledger;
using PortalServices.Counting.Tests.Fixtures;
using PortalServices.Testing.Processes;

namespace PortalServices.Counting.Tests.Housekeeping;

/// <summary>Somebody invents addresses: a million views of pages that do not exist.</summary>
public sealed class UnknownPagesTests
{
    private const int Views = 1_000_000,
        Cap = 1_000;
    private static readonly DateTimeOffset Start = new(2026, 1, 5, 12, 0, 0, TimeSpan.Zero);
    private readonly Site _site = new() { Id = "invented" };

    [Fact]
    public async Task A_million_invented_pages_stay_under_the_cap_and_published_and_later_pages_count_on_their_own()
    {
        var time = new FakeTimeProvider(Start);
        await using var redis = await RedisServer.StartAsync("everysec");
        await using var connection = await redis.ConnectAsync();
        await using var process = new CountingProcess(
            redis,
            _site,
            time,
            ("Counting:PagesPerSite", Cap.ToString(CultureInfo.InvariantCulture))
        );
        var database = connection.GetDatabase();
        var key = CountingKeys.Ledger(_site.Id);
        var now = process.Site.Calendar.Of(Start);
        var sequence = 0L;
        var (fieldsAtCap, bytesAtCap) = (0L, 0L);
        var random = new Random(42);
        for (var sent = 0; sent < Views; sent += CommitBatch.MaxViews)
        {
            var views = new (string, ulong, long)[Math.Min(CommitBatch.MaxViews, Views - sent)];
            for (var i = 0; i < views.Length; i++)
            {
                views[i] = (string.Create(CultureInfo.InvariantCulture, $"/invented/{random.NextInt64():x}"), 0, 0);
            }
            await process.CommitAsync("lane", ++sequence, now, views);
            if (fieldsAtCap == 0 && sent > 2 * Cap)
            {
                (fieldsAtCap, bytesAtCap) = (await database.HashLengthAsync(key), await BytesAsync());
            }
        }

        Assert.InRange(fieldsAtCap, Cap, Cap + 20);
        Assert.Equal(fieldsAtCap, await database.HashLengthAsync(key));
        Assert.Equal(1, await database.ExecuteAsync("DBSIZE") is var size ? (long)size : 0);
        Assert.InRange(await BytesAsync(), bytesAtCap / 2, bytesAtCap * 2);

        await process.PublishAsync("/articles/new");
        await process.CommitAsync("lane", ++sequence, now, ("/articles/new", 0, 0), ("/unknown", 0, 0));
        var ledger = await Testing.Store.Ledger.ReadAsync(connection, _site.Id);
        Assert.Equal((1, false), (ledger.Pages["/articles/new"], ledger.Pages.ContainsKey("/unknown")));
        Assert.Equal((Views + 2, Views + 2 - Cap - 1), (ledger.Total, ledger.Pages["*"]));

        time.SetUtcNow(Start.AddDays(31));
        await process.KeepHouseAsync();
        await process.CommitAsync("lane", ++sequence, process.Site.Calendar.Of(time.GetUtcNow()), ("/unknown", 0, 0));
        ledger = await Testing.Store.Ledger.ReadAsync(connection, _site.Id);
        Assert.Equal(["*", "/articles/new", "/unknown"], ledger.Pages.Keys.Order(StringComparer.Ordinal));
        Assert.Equal((1, 1, Views + 1), (ledger.Pages["/articles/new"], ledger.Pages["/unknown"], ledger.Pages["*"]));

        async Task<long> BytesAsync() => (long)await database.ExecuteAsync("MEMORY", "USAGE", key, "SAMPLES", "0");
    }
}
