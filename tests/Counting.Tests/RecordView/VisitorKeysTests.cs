using System.Net;
using Microsoft.Extensions.Time.Testing;
using PortalServices.Counting.Model;
using PortalServices.Counting.Tests.Fixtures;
using PortalServices.Testing.Processes;

namespace PortalServices.Counting.Tests.RecordView;

/// <summary>The keys that a process asks of the store for its visitors.</summary>
public sealed class VisitorKeysTests
{
    private const string Browser = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";
    private static readonly DateTimeOffset BeforeMidnight = new(2026, 11, 25, 23, 59, 0, TimeSpan.Zero);

    private readonly Site _site = new() { Id = StoreFixture.NewSite() };

    /// <summary>At midnight everybody needs the key of the new day and still that of the day before.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_key_is_asked_for_once_however_many_need_it_at_midnight(bool isJustStarted)
    {
        await using var redis = await RedisServer.StartAsync("everysec");
        var time = new FakeTimeProvider(BeforeMidnight);
        await using var process = new CountingProcess(redis, _site, time);
        await process.Site.Reader.OpenAsync();
        var before = isJustStarted ? default(VisitorNames?) : await NameAsync(process, time, 0);
        var asked = await AskedAsync(redis);
        time.Advance(TimeSpan.FromMinutes(1));

        redis.Pause();
        // Some are stragglers of the minute before.
        var late = process.Site.Calendar.Of(BeforeMidnight);
        var names = Enumerable
            .Range(0, 20)
            .Select(i =>
                i % 4 == 3
                    ? process.Site.Keys.NameAsync(late, new IPAddress([203, 0, 113, 0]), Browser).AsTask()
                    : NameAsync(process, time, 0)
            )
            .ToArray();
        redis.Resume();
        var all = await Task.WhenAll(names);

        var (online, onlineBefore) = (all[0].Online, all[0].OnlineBefore);
        Assert.NotEqual(online, onlineBefore);
        Assert.All(all.Where((_, i) => i % 4 != 3), name => Assert.Equal(all[0], name));
        Assert.All(
            all.Where((_, i) => i % 4 == 3),
            name => Assert.Equal((onlineBefore, (UInt128?)null), ((UInt128?)name.Online, name.OnlineBefore))
        );
        Assert.Equal(before?.Online ?? onlineBefore, onlineBefore);
        // The keys of the new day, and where nothing was held those of the week and of the day before.
        Assert.Equal(asked + (isJustStarted ? 3 : 1), await AskedAsync(redis));

        // From then on nobody asks.
        Assert.Equal(all[0], await NameAsync(process, time, 0));
        Assert.Equal(asked + (isJustStarted ? 3 : 1), await AskedAsync(redis));
    }

    [Fact]
    public async Task A_key_that_was_not_to_be_had_is_asked_for_again()
    {
        var keys = new NewestKeys(2);
        var key = new VisitorKey("a secret of at least 32 characters"u8, "the random key of a week"u8);
        await Assert.ThrowsAsync<TimeoutException>(() =>
            keys.Ask(1, () => Task.FromException<VisitorKey>(new TimeoutException()))
        );
        Assert.Null(keys.Find(1));
        Assert.Same(key, await keys.Ask(1, () => Task.FromResult(key)));
        Assert.Same(key, await keys.Ask(1, () => throw new InvalidOperationException("It is known.")));
    }

    [Theory]
    [InlineData(1, 2, 3)]
    [InlineData(3, 2, 1)]
    [InlineData(2, 3, 1)]
    [InlineData(2, 1, 3)]
    public async Task The_newest_are_kept_in_whatever_order_they_are_asked_for(long first, long second, long third)
    {
        var (keys, answers) = (new NewestKeys(2), new List<TaskCompletionSource<VisitorKey>>());
        var key = new VisitorKey("a secret of at least 32 characters"u8, "the random key of a week"u8);
        foreach (var period in new[] { first, second, third })
        {
            answers.Add(new());
            _ = keys.Ask(period, () => answers[^1].Task);
        }

        // And in whatever order the answers come.
        answers.Reverse();
        answers.ForEach(answer => answer.SetResult(key));
        Assert.Null(keys.Find(1));
        Assert.Same(key, await keys.Find(2)!);
        Assert.Same(key, await keys.Find(3)!);
    }

    private static Task<VisitorNames> NameAsync(CountingProcess process, FakeTimeProvider time, byte host) =>
        process
            .Site.Keys.NameAsync(
                process.Site.Calendar.Of(time.GetUtcNow()),
                new IPAddress([203, 0, 113, host]),
                Browser
            )
            .AsTask();

    private static async Task<long> AskedAsync(RedisServer redis) =>
        (await redis.CommandStatsAsync()).GetValueOrDefault("set");
}
