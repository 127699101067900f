using Microsoft.AspNetCore.Http;
using PortalServices.Edge.CachedReads;
using PortalServices.Testing;

namespace PortalServices.Edge.Tests.CachedReads;

/// <summary>What readers get while the service is away, slow, or at fault.</summary>
public sealed class StaleReadTests
{
    [Theory]
    [InlineData(500)]
    [InlineData(502)]
    [InlineData(503)]
    [InlineData(504)]
    [InlineData(0)]
    public async Task With_the_service_away_the_last_reply_goes_on_marked_and_with_a_tag_of_its_own(int status)
    {
        using var service = new CachedService();
        await service.ReadAsync();
        service.Clock.Advance(TimeSpan.FromSeconds(70));
        service.Answer = Failing(status);
        var stale = await service.ReadAsync();
        Assert.Equal(
            (200, CachedService.Body(1, stale: true), "W/\"stale.00000001\"", "70", "no-cache"),
            (stale.Status, stale.Body, stale.Tag, stale.Header("Age"), stale.Header("Cache-Control"))
        );
        Assert.Equal($"{stale.Body.Length}", stale.Header("Content-Length"));

        // Who has the current one does not have this one, and the other way round.
        Assert.Equal(200, (await ReadAsync(CachedService.Tag(1))).Status);
        Assert.Equal(304, (await ReadAsync(stale.Tag!)).Status);
        service.Answer = service.AnswerAsync;
        service.Clock.Advance(ReadCache.AskAgain);
        var again = await ReadAsync(stale.Tag!);
        Assert.Equal((200, CachedService.Body(3), "0"), (again.Status, again.Body, again.Header("Age")));

        Task<Reply> ReadAsync(string held) => service.ReadAsync(CachedService.Page, "GET", ("If-None-Match", held));
    }

    [Fact]
    public async Task A_fault_in_between_is_seen_by_nobody_who_has_a_reply_and_ends_with_the_next_one()
    {
        using var service = new CachedService();
        for (var turn = 0; turn < 20; turn++)
        {
            var fails = turn % 2 == 1;
            service.Answer = fails ? Failing(500) : service.AnswerAsync;
            service.Clock.Advance(ReadCache.FreshFor);
            var replies = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => service.ReadAsync()));
            Assert.All(replies, reply => Assert.Equal((200, fails), (reply.Status, reply.IsStale)));
        }
        Assert.Equal(20, service.Asked);
    }

    [Fact]
    public async Task A_service_that_was_found_away_is_not_asked_by_every_reader()
    {
        using var service = new CachedService();
        await service.ReadAsync();
        service.Answer = Failing(503);
        for (var second = 0; second < 10; second++)
        {
            service.Clock.Advance(TimeSpan.FromSeconds(1));
            for (var reader = 0; reader < 100; reader++)
            {
                Assert.True((await service.ReadAsync()).IsStale);
            }
        }
        Assert.Equal(11, service.Asked);
    }

    [Fact]
    public async Task Without_a_last_reply_all_who_wait_get_503_and_one_request_is_made()
    {
        using var service = new CachedService();
        var released = new TaskCompletionSource();
        service.Answer = async context =>
        {
            await released.Task;
            context.Response.StatusCode = 503;
            context.Response.Headers.RetryAfter = "7";
            await context.Response.WriteAsync("{}", context.RequestAborted);
        };
        var readers = Enumerable.Range(0, 100).Select(_ => service.ReadAsync()).ToArray();
        released.SetResult();
        var replies = await Task.WhenAll(readers);
        Assert.Equal((503, "{}", "7"), (replies[0].Status, replies[0].Body, replies[0].Header("Retry-After")));
        Assert.All(
            replies[1..],
            reply =>
            {
                Assert.Equal((503, "1"), (reply.Status, reply.Header("Retry-After")));
                Assert.Contains("\"code\":\"service_unavailable\"", reply.Body, StringComparison.Ordinal);
            }
        );
        Assert.Equal((1, 0), (service.Asked, service.Cache.Entries.Count));
    }

    [Fact]
    public async Task A_status_without_a_body_is_left_to_the_edge_to_put_into_words()
    {
        using var service = new CachedService();
        service.Answer = context =>
        {
            context.Response.StatusCode = 503;
            return Task.CompletedTask;
        };
        var reply = await service.ReadAsync();
        Assert.Equal((503, ""), (reply.Status, reply.Body));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_reply_that_breaks_off_is_none(bool isAborted)
    {
        using var service = new CachedService();
        service.Answer = async context =>
        {
            context.Response.ContentLength = 100;
            await context.Response.WriteAsync("{\"stale\":fa", context.RequestAborted);
            await context.Response.Body.FlushAsync(context.RequestAborted);
            if (isAborted)
            {
                context.Abort();
            }
        };
        var reply = await service.ReadAsync();
        Assert.Equal((502, "", null), (reply.Status, reply.Body, reply.Tag));
        Assert.Equal(0, service.Cache.Entries.Count);
    }

    [Fact]
    public async Task The_last_reply_goes_on_for_so_long_and_no_longer()
    {
        using var service = new CachedService(new() { MaxStale = TimeSpan.FromMinutes(5) });
        await service.ReadAsync();
        service.Answer = Failing(503);
        service.Clock.Advance(TimeSpan.FromMinutes(5) - TimeSpan.FromTicks(1));
        Assert.True((await service.ReadAsync()).IsStale);
        service.Clock.Advance(ReadCache.AskAgain);
        Assert.Equal(503, (await service.ReadAsync()).Status);
    }

    [Fact]
    public async Task Nothing_is_marked_where_the_setting_says_no()
    {
        using var service = new CachedService(new() { MaxStale = TimeSpan.Zero });
        await service.ReadAsync();
        service.Answer = Failing(503);
        service.Clock.Advance(ReadCache.FreshFor);
        Assert.Equal(503, (await service.ReadAsync()).Status);
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("{\"number\":1}")]
    [InlineData("{\"stale\":\"no\"}")]
    [InlineData("{\"inner\":{\"stale\":false}}")]
    [InlineData("{\"stale\":fal")]
    [InlineData("text")]
    [InlineData("")]
    public async Task What_has_no_flag_cannot_be_marked_and_is_not_served(string body)
    {
        using var service = new CachedService();
        service.Answer = context => context.Response.WriteAsync(body, context.RequestAborted);
        Assert.Equal(200, (await service.ReadAsync()).Status);
        service.Answer = Failing(503);
        Assert.Equal(200, (await service.ReadAsync()).Status);
        service.Clock.Advance(ReadCache.FreshFor);
        Assert.Equal(503, (await service.ReadAsync()).Status);
    }

    [Fact]
    public async Task What_the_service_has_marked_itself_stays_as_it_is()
    {
        using var service = new CachedService();
        service.Answer = context =>
        {
            context.Response.Headers.ETag = "\"own\"";
            return context.Response.WriteAsync("{ \"stale\" : true }", context.RequestAborted);
        };
        await service.ReadAsync();
        service.Answer = Failing(503);
        service.Clock.Advance(ReadCache.FreshFor);
        var reply = await service.ReadAsync();
        Assert.Equal((200, "{ \"stale\" : true }", "\"own\""), (reply.Status, reply.Body, reply.Tag));
    }

    [Fact]
    public async Task A_slow_service_holds_up_only_who_asks_for_what_is_slow_and_for_a_second()
    {
        using var service = new CachedService();
        await service.ReadAsync("?page=/slow");
        service.Clock.Advance(ReadCache.FreshFor);
        var released = new TaskCompletionSource();
        service.Answer = async context =>
        {
            if (context.Request.Query["page"] == "/slow")
            {
                await released.Task;
            }
            await service.AnswerAsync(context);
        };
        var waiting = Enumerable.Range(0, 10).Select(_ => service.ReadAsync("?page=/slow")).ToArray();
        Assert.Equal(200, (await service.ReadAsync("?page=/quick")).Status);
        Assert.All(waiting, reader => Assert.False(reader.IsCompleted));

        service.Clock.Advance(TimeSpan.FromSeconds(1) - TimeSpan.FromTicks(1));
        Assert.All(waiting, reader => Assert.False(reader.IsCompleted));
        service.Clock.Advance(TimeSpan.FromTicks(1));
        Assert.All(await Task.WhenAll(waiting), reply => Assert.True(reply.IsStale));
        // Who comes later does not wait at all, and does not ask either.
        var asked = service.Asked;
        Assert.True((await service.ReadAsync("?page=/slow")).IsStale);
        Assert.Equal(asked, service.Asked);

        // Its answer is for those who come after it, as far as it is current then.
        released.SetResult();
        await Eventually.HoldsAsync(
            async () => !(await service.ReadAsync("?page=/slow")).IsStale,
            "the numbers are current again",
            TestContext.Current.CancellationToken
        );
    }

    [Fact]
    public async Task A_service_that_never_answers_is_given_up()
    {
        using var service = new CachedService();
        service.Answer = context => Task.Delay(Timeout.Infinite, context.RequestAborted);
        var reader = service.ReadAsync();
        service.Clock.Advance(new EdgeOptions().RequestTimeout - TimeSpan.FromTicks(1));
        Assert.False(reader.IsCompleted);
        service.Clock.Advance(TimeSpan.FromTicks(1));
        Assert.Equal(504, (await reader).Status);
        Assert.Equal(0, service.Cache.Entries.Count);
    }

    private static Func<HttpContext, Task> Failing(int status) =>
        context =>
        {
            if (status == 0)
            {
                throw new InvalidOperationException("A fault of the program.");
            }
            context.Response.StatusCode = status;
            return context.Response.WriteAsync("{\"stale\":false}", context.RequestAborted);
        };
}
