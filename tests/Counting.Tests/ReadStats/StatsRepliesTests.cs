using System.Text;
using System.Text.Json;
using CsCheck;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Time.Testing;
using PortalServices.Counting.Http;
using PortalServices.Counting.Ledger;
using PortalServices.Counting.Model;
using PortalServices.Counting.ReadStats;
using PortalServices.Counting.Tests.Fixtures;
using PortalServices.Http.Json;

namespace PortalServices.Counting.Tests.ReadStats;

public sealed class StatsRepliesTests(StoreFixture store)
{
    private readonly Site _site = new() { Id = StoreFixture.NewSite() };

    [Fact]
    public async Task A_state_of_a_site_is_written_once_for_all_readers_and_pages()
    {
        await using var process = Process();
        var replies = process.Get<PerSite<StatsReplies>>().Of(_site.Id);
        await process.ViewAsync("/a");
        await ReadAllAsync();
        Assert.Equal(1, replies.Writes);
        await process.ViewAsync("/a");
        await ReadAllAsync();
        Assert.Equal(2, replies.Writes);

        Task ReadAllAsync() =>
            Task.WhenAll(
                Enumerable
                    .Range(0, 1_000)
                    .Select(reader =>
                        Task.Run(async () =>
                        {
                            var path = reader % 2 == 0 ? "/a" : null;
                            var view = await process.Site.Reader.ReadAsync(path is null ? [] : [path]);
                            Assert.NotNull(replies.Of(view!, path));
                        })
                    )
            );
    }

    [Fact]
    public async Task A_read_of_a_state_that_is_written_makes_nothing_large()
    {
        const int Reads = 1_000;
        await using var process = Process();
        var replies = process.Get<PerSite<StatsReplies>>().Of(_site.Id);
        await process.ViewAsync("/a");
        var context = new DefaultHttpContext();
        await ReadAsync(Reads, null);
        await ReadAsync(Reads, "/a");
        // The reply alone has some 250 bytes, and a page's tag as many.
        Assert.InRange(await ReadAsync(Reads, null), 0, 512);
        Assert.InRange(await ReadAsync(Reads, "/a"), 0, 2_560);

        // Bytes a read.
        async Task<long> ReadAsync(int reads, string? path)
        {
            string[] paths = path is null ? [] : [path];
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var read = 0; read < reads; read++)
            {
                var view = process.Site.Reader.ReadAsync(paths);
                // On this thread to the end: it waits for nothing.
                Assert.True(view.IsCompletedSuccessfully);
                var reply = replies.Of(view.Result!, path).ExecuteAsync(context);
                Assert.True(reply.IsCompletedSuccessfully);
                await reply;
            }
            return (GC.GetAllocatedBytesForCurrentThread() - before) / reads;
        }
    }

    [Fact]
    public void It_is_what_a_reader_of_its_own_would_be_sent()
    {
        var (replies, buckets) = (new StatsReplies(_site), new TimeBuckets(29_000_000, 1, 2, 3));
        Gen.Select(Gen.String[Gen.Char.AlphaNumeric, 0, 9], Gen.Int[0, Odd.Length - 1], Gen.Long[0, 1L << 50], Gen.Bool)
            .Select((text, odd, views, stale) => (Path: $"/{text}{Odd[odd]}{text}", views, stale))
            .Sample(
                (path, views, stale) =>
                {
                    var record = PageRecord.Parse($"{views} 2 {views} 0 0 3 {views} 0 0");
                    var view = new SiteView(Snapshot(views, buckets), [record], stale);
                    foreach (var page in new[] { path, null })
                    {
                        var own = StatsReply.Of(_site, view, page);
                        var (expected, tag) = Sent(Numbers.Reply(own, own with { AsOf = default }));
                        Assert.Equal((expected, tag), Sent(replies.Of(view, page)));
                        Assert.Equal(expected, JsonSerializer.Serialize(own, PortalJson.Replies));
                    }
                }
            );
    }

    // What could be taken for the place where a page stands, or is escaped in JSON.
    private static readonly string[] Odd =
    [
        "",
        "\"asOf\":",
        "\",\"asOf\":\"",
        "\\",
        "tin-tức/Sơn La",
        "\U0001F4C8",
        "?ItemID=42",
        "\"page\":{}",
    ];

    private static (string Body, string Tag) Sent(IResult reply)
    {
        using var body = new MemoryStream();
        var context = new DefaultHttpContext { Response = { Body = body } };
        Assert.True(reply.ExecuteAsync(context).IsCompletedSuccessfully);
        Assert.Equal(body.Length, context.Response.ContentLength);
        return (Encoding.UTF8.GetString(body.ToArray()), context.Response.Headers.ETag.ToString());
    }

    private static SiteSnapshot Snapshot(long views, TimeBuckets buckets) =>
        new(
            new SiteNumbers
            {
                Version = new LedgerVersion(1, 1),
                IdHorizon = 0,
                Day = buckets.Day,
                Week = buckets.Week,
                CountedTotal = views,
                CountedDay = views,
                CountedWeek = views,
                AdjustedTotal = 0,
                AdjustedDay = 0,
                AdjustedWeek = 0,
                FrozenVisitors = 0,
                OpenWeeks = [],
            },
            VisitorSnapshot.None(buckets.Day, buckets.Week, 0),
            0,
            DateTimeOffset.UnixEpoch.AddYears(55).AddTicks(views),
            "run"
        );

    // Its clock stands still, so what was read stays current.
    private CountingProcess Process() => new(store, _site, new FakeTimeProvider(DateTimeOffset.UnixEpoch.AddYears(55)));
}
