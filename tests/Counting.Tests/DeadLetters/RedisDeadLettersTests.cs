using PortalServices.Counting.DeadLetters;
using PortalServices.Counting.Ledger;
using PortalServices.Counting.Store;
using PortalServices.Counting.Tests.Fixtures;
using PortalServices.Messaging.DeadLetters;
using PortalServices.Testing.Processes;

namespace PortalServices.Counting.Tests.DeadLetters;

/// <summary>
/// Dead letters in the store, of which the fixture lets there be three. A store of its own: they belong to no site.
/// </summary>
public sealed class RedisDeadLettersTests : IAsyncLifetime
{
    private const string Consumer = "portal.counting.publish-page";
    private RedisServer _redis = null!;
    private CountingProcess _process = null!;
    private IDeadLetters _letters = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _redis = await RedisServer.StartAsync("everysec");
        _process = new CountingProcess(_redis, new Site { Id = "site" });
        _letters = _process.Get<ServiceDeadLetters>().Letters;
        Assert.IsType<RedisDeadLetters>(_letters);
    }

    [Fact]
    public async Task What_is_put_in_is_found_as_it_was_until_it_is_removed()
    {
        var letter = Letter("Đơn số 7", 5);
        Assert.Null(await _letters.FindAsync(letter.MessageId, letter.Consumer, Cancel));
        Assert.True(await _letters.TryPutAsync(letter, Cancel));
        var found = await _letters.FindAsync(letter.MessageId, letter.Consumer, Cancel);
        Assert.Equivalent(letter, found, strict: true);
        Assert.Null(await _letters.FindAsync(letter.MessageId, "another", Cancel));
        Assert.True(await _letters.RemoveAsync(letter.MessageId, letter.Consumer, Cancel));
        Assert.False(await _letters.RemoveAsync(letter.MessageId, letter.Consumer, Cancel));
        Assert.Null(await _letters.FindAsync(letter.MessageId, letter.Consumer, Cancel));
    }

    [Fact]
    public async Task One_that_fails_again_has_the_newest_error_and_its_failures_counted()
    {
        var id = Guid.NewGuid();
        await _letters.TryPutAsync(Letter("first", 5, id), Cancel);
        await _letters.TryPutAsync(Letter("second", 6, id), Cancel);
        var (items, total) = await _letters.ListAsync(null, 0, 10, Cancel);
        Assert.Equal((1, "second", 6L, 2), (total, items[0].Error, items[0].FailedAt, items[0].Failures));
    }

    [Fact]
    public async Task The_list_has_the_latest_failure_first_and_pages()
    {
        foreach (var at in (long[])[2, 3, 1])
        {
            await _letters.TryPutAsync(Letter($"{at}", at), Cancel);
        }

        Assert.Equal(["3", "2"], await ErrorsAsync(0, 2));
        Assert.Equal(["1"], await ErrorsAsync(2, 2));
        Assert.Empty(await ErrorsAsync(3, 2));
        Assert.Empty(await ErrorsAsync(0, 0));

        async Task<IEnumerable<string>> ErrorsAsync(int skip, int take)
        {
            var (items, total) = await _letters.ListAsync(null, skip, take, Cancel);
            Assert.Equal(3, total);
            return items.Select(letter => letter.Error);
        }
    }

    [Fact]
    public async Task Those_of_some_sites_are_found_by_their_events()
    {
        await _letters.TryPutAsync(Letter("a", 1, site: "sonla"), Cancel);
        await _letters.TryPutAsync(Letter("b", 2, site: "english"), Cancel);
        await _letters.TryPutAsync(Letter("c", 3, site: "sonla"), Cancel);
        Assert.Equal((2, "c a"), await OfAsync(["sonla"], 0, 10));
        Assert.Equal((2, "a"), await OfAsync(["sonla"], 1, 1));
        Assert.Equal((2, ""), await OfAsync(["sonla"], 0, 0));
        Assert.Equal((3, "c b a"), await OfAsync(["sonla", "english"], 0, 10));
        Assert.Equal((0, ""), await OfAsync(["nobody"], 0, 10));

        async Task<(int, string)> OfAsync(string[] sites, int skip, int take)
        {
            var (items, total) = await _letters.ListAsync(sites, skip, take, Cancel);
            return (total, string.Join(' ', items.Select(letter => letter.Error)));
        }
    }

    /// <summary>As it was stored before anybody asked for the site; and it is stored so still.</summary>
    [Fact]
    public async Task An_entry_of_an_older_version_is_read_and_a_new_one_is_no_different()
    {
        const string Stored = """
            {"messageId":"0190d5f2-5c1e-7a33-b1d2-6f0c8e9a4b57","consumer":"portal.counting.publish-page","type":"portal:article-published:v1","body":"{\u0022site\u0022:\u0022sonla\u0022}","error":"x","failedAt":1,"failures":1,"traceParent":null}
            """;
        var id = Guid.Parse("0190d5f2-5c1e-7a33-b1d2-6f0c8e9a4b57");
        await using var connection = await _redis.ConnectAsync();
        await connection
            .GetDatabase()
            .HashSetAsync(CountingKeys.DeadLetters, CountingKeys.DeadLetterField(id, Consumer), Stored);
        Assert.Equal(
            (1, 0),
            (
                (await _letters.ListAsync(["sonla"], 0, 10, Cancel)).Total,
                (await _letters.ListAsync(["english"], 0, 10, Cancel)).Total
            )
        );
        var old = await _letters.FindAsync(id, Consumer, Cancel);
        Assert.Equal("sonla", old!.Site);

        await _letters.RemoveAsync(id, Consumer, Cancel);
        await _letters.TryPutAsync(old, Cancel);
        Assert.DoesNotContain(
            "\"site\":",
            (string)
                (
                    await connection
                        .GetDatabase()
                        .HashGetAsync(CountingKeys.DeadLetters, CountingKeys.DeadLetterField(id, Consumer))
                )!,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task When_there_is_no_room_none_is_taken_and_those_that_are_there_are_brought_up_to_date()
    {
        var known = Guid.NewGuid();
        Assert.True(await _letters.TryPutAsync(Letter("known", 1, known), Cancel));
        Assert.True(await _letters.TryPutAsync(Letter("b", 2), Cancel));
        Assert.True(await _letters.TryPutAsync(Letter("c", 3), Cancel));
        Assert.False(await _letters.TryPutAsync(Letter("d", 4), Cancel));
        Assert.True(await _letters.TryPutAsync(Letter("again", 5, known), Cancel));
        Assert.Equal(3, (await _letters.ListAsync(null, 0, 10, Cancel)).Total);
        await _letters.RemoveAsync(known, Consumer, Cancel);
        Assert.True(await _letters.TryPutAsync(Letter("d", 4), Cancel));
    }

    [Fact]
    public async Task They_are_written_by_lone_commands()
    {
        await _letters.TryPutAsync(Letter("a", 1), Cancel);
        var before = await _redis.CommandStatsAsync();
        await _letters.TryPutAsync(Letter("b", 2), Cancel);
        var after = await _redis.CommandStatsAsync();
        Assert.Equal(before["hset"] + 1, after["hset"]);
        Assert.DoesNotContain(after.Keys, command => command is "multi" or "eval" or "evalsha");
    }

    [Fact]
    public async Task A_store_that_is_away_is_an_exception_and_no_answer()
    {
        await _letters.TryPutAsync(Letter("a", 1), Cancel);
        await _redis.KillAsync();
        var failure = await Assert.ThrowsAnyAsync<Exception>(() => _letters.TryPutAsync(Letter("b", 2), Cancel));
        Assert.True(StoreFailure.Is(failure), failure.ToString());
        await Assert.ThrowsAnyAsync<Exception>(() => _letters.ListAsync(null, 0, 10, Cancel));
    }

    public async ValueTask DisposeAsync()
    {
        await _process.DisposeAsync();
        await _redis.DisposeAsync();
    }

    private static DeadLetter Letter(string error, long at, Guid? id = null, string site = "sơn la") =>
        new()
        {
            MessageId = id ?? Guid.NewGuid(),
            Consumer = Consumer,
            Type = "portal:article-published:v1",
            Body = $$"""{"site":"{{site}}"}""",
            Error = error,
            FailedAt = at,
            Failures = 1,
            TraceParent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        };
}
