using Microsoft.AspNetCore.Http;
using PortalServices.Edge.CachedReads;

namespace PortalServices.Edge.Tests.CachedReads;

/// <summary>However many addresses are asked for, what is cached stays within its bounds.</summary>
public sealed class ReadBoundsTests
{
    private const int Most = 10;

    [Fact]
    public async Task Past_the_bound_a_read_is_forwarded_and_the_others_stay()
    {
        using var service = new CachedService(new() { MaxEntries = Most });
        for (var page = 0; page < Most; page++)
        {
            await service.ReadAsync($"?page=/{page}");
        }
        for (var read = 1; read <= 3; read++)
        {
            Assert.Equal(CachedService.Body(Most + read), (await service.ReadAsync("?page=/new")).Body);
            Assert.Equal(Most, service.Cache.Entries.Count);
        }
        Assert.Equal(CachedService.Body(1), (await service.ReadAsync("?page=/0")).Body);
    }

    [Fact]
    public async Task A_flood_of_addresses_takes_their_place_from_none_that_are_wanted()
    {
        using var service = new CachedService(new() { MaxEntries = Most });
        await service.ReadAsync("?page=/wanted");
        var floods = 0;
        for (var second = 0; second < 300; second++)
        {
            service.Clock.Advance(TimeSpan.FromSeconds(1));
            for (var page = 0; page < 5; page++)
            {
                await service.ReadAsync($"?page=/flood/{floods++}");
                Assert.InRange(service.Cache.Entries.Count, 1, Most);
            }
            await service.ReadAsync("?page=/wanted");
            var asked = service.Asked;
            await service.ReadAsync("?page=/wanted");
            Assert.Equal(asked, service.Asked);
        }
        // Once the flood is over there is room for others again.
        service.Clock.Advance(ReadEntries.WantedFor);
        await service.ReadAsync("?page=/wanted");
        await service.ReadAsync("?page=/other");
        var before = service.Asked;
        await service.ReadAsync("?page=/other");
        Assert.Equal(before, service.Asked);
    }

    [Fact]
    public async Task Past_the_memory_a_read_is_forwarded_and_the_others_stay()
    {
        using var service = new CachedService(new() { MaxMegabytes = 1 });
        var body = $$"""{"text":"{{new string('x', 40_000)}}","stale":false}""";
        service.Answer = context => context.Response.WriteAsync(body, context.RequestAborted);
        for (var page = 0; page < 100; page++)
        {
            Assert.Equal(body, (await service.ReadAsync($"?page=/{page}")).Body);
            Assert.InRange(service.Cache.Entries.Bytes, 0, 1024 * 1024);
        }
        // The body of each, and once more where it is marked.
        Assert.InRange(service.Cache.Entries.Count, 12, 13);
        var asked = service.Asked;
        await service.ReadAsync("?page=/0");
        Assert.Equal(asked, service.Asked);
        await service.ReadAsync("?page=/99");
        Assert.Equal(asked + 1, service.Asked);
    }

    [Fact]
    public async Task What_one_reply_takes_is_given_back_with_the_next()
    {
        using var service = new CachedService(new() { MaxMegabytes = 1 });
        service.Answer = context =>
            context.Response.WriteAsync(new string('x', 1 + (service.Asked % 60_000)), context.RequestAborted);
        for (var read = 0; read < 500; read++)
        {
            await service.ReadAsync();
            service.Clock.Advance(ReadCache.FreshFor);
        }
        Assert.Equal(1, service.Cache.Entries.Count);
        Assert.InRange(service.Cache.Entries.Bytes, 500 * 2, 2_048 + (500 * 2));
    }

    [Fact]
    public async Task Those_that_wait_for_their_first_reply_are_counted_too()
    {
        using var service = new CachedService(new() { MaxEntries = Most });
        var released = new TaskCompletionSource();
        service.Answer = async context =>
        {
            await released.Task;
            await service.AnswerAsync(context);
        };
        var readers = Enumerable.Range(0, 3 * Most).Select(page => service.ReadAsync($"?page=/{page}")).ToArray();
        Assert.Equal(Most, service.Cache.Entries.Count);
        released.SetResult();
        Assert.All(await Task.WhenAll(readers), reply => Assert.Equal(200, reply.Status));
        Assert.Equal(3 * Most, service.Asked);
    }

    [Fact]
    public async Task An_address_that_is_too_long_is_forwarded()
    {
        using var service = new CachedService();
        var query = $"?page=/{new string('a', 5_000)}";
        await service.ReadAsync(query);
        await service.ReadAsync(query);
        Assert.Equal((2, 0), (service.Asked, service.Cache.Entries.Count));
    }

    [Fact]
    public async Task Readers_of_everything_at_once_leave_the_books_right()
    {
        using var service = new CachedService(new() { MaxEntries = Most });
        service.Answer = context =>
            (service.Asked % 7) switch
            {
                0 => Status(context, 500),
                1 => Status(context, 404),
                2 => Status(context, 503),
                _ => service.AnswerAsync(context),
            };
        await Parallel.ForAsync(
            0,
            20_000,
            new ParallelOptions
            {
                MaxDegreeOfParallelism = 8,
                CancellationToken = TestContext.Current.CancellationToken,
            },
            async (read, _) =>
            {
                using var leaves = new CancellationTokenSource();
                if (read % 11 == 0)
                {
                    await leaves.CancelAsync();
                }
                try
                {
                    await service.ReadUntilAsync(leaves, $"?page=/{read % (2 * Most)}");
                }
                catch (OperationCanceledException) when (leaves.IsCancellationRequested)
                {
                    // It has gone before it was answered.
                }
                if (read % 100 == 0)
                {
                    // In all less than a request may take: a slow machine gives none of them up.
                    service.Clock.Advance(TimeSpan.FromMilliseconds(50));
                }
            }
        );
        Assert.InRange(service.Cache.Entries.Count, 0, Most);
        // All are let go once nobody wants them, and nothing is left on the account.
        service.Clock.Advance(ReadEntries.WantedFor);
        service.Answer = service.AnswerAsync;
        for (var page = 0; page < Most; page++)
        {
            await service.ReadAsync($"?page=/last/{page}");
        }
        Assert.Equal(Most, service.Cache.Entries.Count);
        Assert.InRange(service.Cache.Entries.Bytes, Most * 1_024, Most * 2_048);
    }

    private static Task Status(HttpContext context, int status)
    {
        context.Response.StatusCode = status;
        return Task.CompletedTask;
    }
}
