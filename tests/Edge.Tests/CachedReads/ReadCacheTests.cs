using Microsoft.AspNetCore.Http;
using PortalServices.Edge.CachedReads;

namespace PortalServices.Edge.Tests.CachedReads;

/// <summary>What readers share, and for how long.</summary>
public sealed class ReadCacheTests
{
    private static readonly TimeSpan Moment = TimeSpan.FromTicks(1);

    [Fact]
    public async Task A_thousand_readers_cause_one_request()
    {
        using var service = new CachedService();
        var released = new TaskCompletionSource();
        service.Answer = async context =>
        {
            await released.Task;
            await service.AnswerAsync(context);
        };
        var readers = Enumerable.Range(0, 1_000).Select(_ => service.ReadAsync()).ToArray();
        Assert.All(readers, reader => Assert.False(reader.IsCompleted));
        released.SetResult();
        Assert.All(
            await Task.WhenAll(readers),
            reply => Assert.Equal((200, CachedService.Body(1)), (reply.Status, reply.Body))
        );
        // And those who come after them none.
        Assert.Equal(CachedService.Body(1), (await service.ReadAsync()).Body);
        Assert.Equal(1, service.Asked);
    }

    [Fact]
    public async Task A_reply_is_current_for_half_a_second()
    {
        using var service = new CachedService();
        await service.ReadAsync();
        service.Clock.Advance(TimeSpan.FromMilliseconds(500) - Moment);
        Assert.Equal(CachedService.Body(1), (await service.ReadAsync()).Body);
        service.Clock.Advance(Moment);
        Assert.Equal(CachedService.Body(2), (await service.ReadAsync()).Body);
    }

    /// <summary>
    /// The service shows numbers that are up to a second and a half old, and takes its time to answer. What a reader
    /// gets unmarked is never older than two seconds when it is sent.
    /// </summary>
    [Fact]
    public async Task Numbers_that_are_not_marked_are_at_most_two_seconds_old()
    {
        var oldest = TimeSpan.Zero;
        using var service = new CachedService();
        var (random, takenAt) = (new Random(20), service.Clock.GetTimestamp());
        var takenAtOf = new Dictionary<int, long>();
        service.Answer = context =>
        {
            // As counting does: what is older than a second and a half is read anew.
            if (service.Clock.GetElapsedTime(takenAt) > TimeSpan.FromSeconds(1.5))
            {
                takenAt = service.Clock.GetTimestamp();
            }
            takenAtOf[service.Asked] = takenAt;
            var answer = service.AnswerAsync(context);
            service.Clock.Advance(TimeSpan.FromMilliseconds(random.Next(0, 300)));
            return answer;
        };
        for (var read = 0; read < 5_000; read++)
        {
            service.Clock.Advance(TimeSpan.FromMilliseconds(random.Next(0, 200)));
            var asked = service.Asked;
            var reply = await service.ReadAsync();
            Assert.False(reply.IsStale);
            var number = takenAtOf.Keys.Single(each => reply.Body == CachedService.Body(each));
            // Who waited for the service gets what that has said; the way to it is no age of the numbers.
            if (service.Asked == asked)
            {
                var age = service.Clock.GetElapsedTime(takenAtOf[number]);
                oldest = age > oldest ? age : oldest;
            }
            foreach (var old in takenAtOf.Keys.Where(each => each < number).ToArray())
            {
                takenAtOf.Remove(old);
            }
        }
        Assert.InRange(oldest, TimeSpan.FromSeconds(1.6), TimeSpan.FromSeconds(2));
    }

    [Theory]
    // What the reader has, and whether that is the reply of number 1.
    [InlineData("W/\"00000001\"", true)]
    [InlineData("\"00000001\"", true)]
    [InlineData("*", true)]
    [InlineData("\"a\", W/\"00000001\"", true)]
    [InlineData("W/\"a\",\"b\" , \"00000001\"", true)]
    [InlineData("W/\"00000002\"", false)]
    [InlineData("\"a\", \"b\"", false)]
    [InlineData("00000001", false)]
    [InlineData("\"00000001", false)]
    [InlineData("\"stale.00000001\"", false)]
    [InlineData("", false)]
    public async Task Who_has_it_gets_304(string held, bool isHeld)
    {
        using var service = new CachedService();
        await service.ReadAsync();
        foreach (var method in new[] { "GET", "HEAD" })
        {
            var reply = await service.ReadAsync(CachedService.Page, method, ("If-None-Match", held));
            Assert.Equal(
                (isHeld ? 304 : 200, CachedService.Tag(1), "no-cache", "0"),
                (reply.Status, reply.Tag, reply.Header("Cache-Control"), reply.Header("Age"))
            );
            Assert.Equal(isHeld || method == "HEAD" ? "" : CachedService.Body(1), reply.Body);
            Assert.Equal(isHeld ? null : $"{CachedService.Body(1).Length}", reply.Header("Content-Length"));
        }
        Assert.Equal(1, service.Asked);
    }

    [Fact]
    public async Task Tags_in_several_lines_are_one_list()
    {
        using var service = new CachedService();
        await service.ReadAsync();
        var reply = await service.ReadAsync(
            CachedService.Page,
            "GET",
            ("If-None-Match", "\"a\""),
            ("If-None-Match", CachedService.Tag(1))
        );
        Assert.Equal(304, reply.Status);
    }

    [Fact]
    public async Task What_a_reader_has_is_compared_with_the_reply_and_not_asked_for()
    {
        using var service = new CachedService();
        // The service would answer 304 to this one alone.
        service.Answer = context =>
        {
            Assert.Equal(["Accept-Language", "Host"], context.Request.Headers.Keys.Order());
            return service.AnswerAsync(context);
        };
        var reply = await service.ReadAsync(
            CachedService.Page,
            "GET",
            ("If-None-Match", CachedService.Tag(1)),
            ("Accept-Language", "en"),
            ("Accept-Encoding", "gzip"),
            ("User-Agent", "Browser"),
            ("Origin", "https://portal.example"),
            ("Cache-Control", "no-cache")
        );
        Assert.Equal((304, 1), (reply.Status, service.Asked));
        Assert.Equal((200, CachedService.Body(1)), await Seen(service.ReadAsync()));
    }

    [Fact]
    public async Task HEAD_is_answered_by_the_reply_to_GET()
    {
        using var service = new CachedService();
        service.Answer = context =>
        {
            Assert.Equal("GET", context.Request.Method);
            return service.AnswerAsync(context);
        };
        var head = await service.ReadAsync(CachedService.Page, "HEAD");
        var get = await service.ReadAsync();
        Assert.Equal(("", CachedService.Body(1)), (head.Body, get.Body));
        Assert.Equal(get.Headers, head.Headers);
        Assert.Equal(1, service.Asked);
    }

    [Theory]
    [InlineData("?page=%2Fa", "/api/sites/sonla/stats?page=%2Fa")]
    [InlineData("?page=/a", "/api/sites/sonla/stats?page=%2Fa")]
    [InlineData("?PAGE=%2fa", "/api/sites/sonla/stats?page=%2Fa")]
    [InlineData("?_=17&page=/a&lang=en", "/api/sites/sonla/stats?page=%2Fa")]
    [InlineData("", "/api/sites/sonla/stats")]
    [InlineData("?_=18", "/api/sites/sonla/stats")]
    [InlineData("?page", "/api/sites/sonla/stats?page=")]
    [InlineData("?page=%FF", "/api/sites/sonla/stats?page=%25FF")]
    [InlineData("?page=/a+b&page=%2Fc", "/api/sites/sonla/stats?page=%2Fa%20b&page=%2Fc")]
    public async Task What_is_asked_for_is_what_the_route_names(string query, string target)
    {
        using var service = new CachedService();
        await service.ReadAsync(query);
        Assert.Equal(target, service.LastTarget);
        // In this spelling it is the same.
        await service.ReadAsync(target[(target + "?").IndexOf('?', StringComparison.Ordinal)..]);
        Assert.Equal(1, service.Asked);
    }

    [Fact]
    public async Task Another_page_site_or_address_of_the_door_is_another_reply()
    {
        using var service = new CachedService();
        var requests = Enumerable.Range(0, 6).Select(_ => service.Request()).ToArray();
        requests[1].Request.QueryString = new QueryString("?page=/b");
        requests[2].Request.RouteValues["site"] = "english";
        requests[3].Request.Host = new HostString("www.portal.example");
        requests[4].Request.Scheme = "https";
        requests[5].Request.QueryString = new QueryString("?page=/a&page=/a");
        foreach (var request in requests)
        {
            await service.ReadAsync(request);
        }
        Assert.Equal(6, service.Asked);
        var spelled = service.Request();
        spelled.Request.Path = "/API/sites/sonla/Stats/";
        await service.ReadAsync(spelled);
        Assert.Equal(6, service.Asked);
    }

    [Theory]
    [InlineData("Authorization", "Bearer key", "GET")]
    [InlineData("Cookie", "a=b", "GET")]
    [InlineData("Content-Length", "2", "GET")]
    [InlineData("Transfer-Encoding", "chunked", "GET")]
    [InlineData("X-Any", "", "POST")]
    [InlineData("X-Any", "", "OPTIONS")]
    public async Task Who_says_who_it_is_or_sends_something_is_forwarded(string header, string value, string method)
    {
        using var service = new CachedService();
        for (var read = 1; read <= 2; read++)
        {
            var reply = await service.ReadAsync(CachedService.Page, method, (header, value));
            Assert.Equal((200, CachedService.Body(read)), (reply.Status, reply.Body));
        }
        Assert.Equal((2, 0), (service.Asked, service.Cache.Entries.Count));
    }

    [Theory]
    [InlineData(200, "Set-Cookie", "a=b")]
    [InlineData(200, "Cache-Control", "no-store")]
    [InlineData(200, "Cache-Control", "private, max-age=5")]
    [InlineData(200, "Vary", "Origin, Accept-Language")]
    [InlineData(200, "Vary", "*")]
    [InlineData(200, "Content-Encoding", "gzip")]
    [InlineData(206, "X-Any", "a")]
    [InlineData(301, "Location", "/elsewhere")]
    [InlineData(400, "X-Any", "a")]
    [InlineData(404, "Content-Language", "vi")]
    [InlineData(429, "Retry-After", "5")]
    [InlineData(500, "X-Any", "a")]
    [InlineData(503, "Retry-After", "7")]
    public async Task What_is_not_for_everybody_or_a_failure_is_not_cached(int status, string header, string value)
    {
        using var service = new CachedService();
        service.Answer = context =>
        {
            context.Response.StatusCode = status;
            context.Response.Headers[header] = value;
            return context.Response.WriteAsync($"reply {service.Asked}");
        };
        for (var read = 1; read <= 3; read++)
        {
            var reply = await service.ReadAsync();
            Assert.Equal(
                (status, $"reply {read}", value, null),
                (reply.Status, reply.Body, reply.Header(header), reply.Header("Age"))
            );
        }
        Assert.Equal((3, 0, 0), (service.Asked, service.Cache.Entries.Count, service.Cache.Entries.Bytes));
    }

    [Fact]
    public async Task Vary_by_what_the_edge_itself_says_is_cached()
    {
        using var service = new CachedService();
        service.Answer = context =>
        {
            context.Response.Headers.Vary = "Accept-Encoding, origin";
            return service.AnswerAsync(context);
        };
        await service.ReadAsync();
        // The edge says it to each reader anew.
        Assert.Null((await service.ReadAsync()).Header("Vary"));
        Assert.Equal(1, service.Asked);
    }

    [Fact]
    public async Task A_reply_that_is_not_for_everybody_is_asked_for_by_each_who_waited_for_it()
    {
        using var service = new CachedService();
        var released = new TaskCompletionSource();
        service.Answer = async context =>
        {
            await released.Task;
            context.Response.StatusCode = 404;
            await context.Response.WriteAsync("in " + context.Request.Headers.AcceptLanguage);
        };
        var first = service.ReadAsync(CachedService.Page, "GET", ("Accept-Language", "vi"));
        var second = service.ReadAsync(CachedService.Page, "GET", ("Accept-Language", "en"));
        var third = service.ReadAsync(CachedService.Page + "&lang=en", "GET", ("Accept-Language", "vi"));
        released.SetResult();
        Assert.Equal((404, "in vi"), await Seen(first));
        Assert.Equal((404, "in en"), await Seen(second));
        Assert.Equal(404, (await third).Status);
        Assert.Equal(3, service.Asked);
        Assert.Equal((404, "in en"), await Seen(service.ReadAsync(CachedService.Page + "&lang=en")));
    }

    [Fact]
    public async Task One_who_leaves_takes_nobody_along()
    {
        using var service = new CachedService();
        using var left = new CancellationTokenSource();
        var released = new TaskCompletionSource();
        var isAborted = false;
        service.Answer = async context =>
        {
            await released.Task;
            isAborted = context.RequestAborted.IsCancellationRequested;
            await service.AnswerAsync(context);
        };
        // The first one is who made the request.
        var leaving = Enumerable.Range(0, 10).Select(_ => service.ReadUntilAsync(left)).ToArray();
        var staying = Enumerable.Range(0, 10).Select(_ => service.ReadAsync()).ToArray();
        await left.CancelAsync();
        Assert.All(await Task.WhenAll(leaving), reply => Assert.Equal((499, ""), (reply.Status, reply.Body)));
        released.SetResult();
        Assert.All(
            await Task.WhenAll(staying),
            reply => Assert.Equal((200, CachedService.Body(1)), (reply.Status, reply.Body))
        );
        Assert.Equal((1, false), (service.Asked, isAborted));
    }

    [Fact]
    public async Task When_all_have_left_the_service_is_told_and_the_next_one_asks_anew()
    {
        using var service = new CachedService();
        using var left = new CancellationTokenSource();
        var told = new TaskCompletionSource();
        service.Answer = async context =>
        {
            await Task.Delay(Timeout.Infinite, context.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
            told.SetResult();
            context.RequestAborted.ThrowIfCancellationRequested();
        };
        var readers = Enumerable.Range(0, 3).Select(_ => service.ReadUntilAsync(left)).ToArray();
        await left.CancelAsync();
        await Task.WhenAll(readers);
        await told.Task;
        service.Answer = service.AnswerAsync;
        Assert.Equal((200, CachedService.Body(2)), await Seen(service.ReadAsync()));
        Assert.Equal(1, service.Cache.Entries.Count);
    }

    [Fact]
    public async Task A_reply_that_is_too_large_is_forwarded_to_each()
    {
        using var service = new CachedService();
        var body = new string('x', ReadCache.MaxReplyBytes + 1);
        service.Answer = context => context.Response.WriteAsync(body, context.RequestAborted);
        Assert.Equal((200, body), await Seen(service.ReadAsync()));
        Assert.Equal((200, body), await Seen(service.ReadAsync()));
        Assert.Equal((4, 0, 0), (service.Asked, service.Cache.Entries.Count, service.Cache.Entries.Bytes));
        service.Answer = context => context.Response.WriteAsync(body[1..], context.RequestAborted);
        Assert.Equal((200, body[1..]), await Seen(service.ReadAsync()));
        Assert.Equal((200, body[1..]), await Seen(service.ReadAsync()));
        Assert.Equal(5, service.Asked);
    }

    [Fact]
    public async Task A_read_from_memory_makes_little()
    {
        const int Reads = 1_000;
        using var service = new CachedService();
        await service.ReadAsync();
        var context = service.Request();
        await ReadAsync();
        Assert.InRange(await ReadAsync(), 0, 1_024);
        Assert.Equal(1, service.Asked);

        async Task<long> ReadAsync()
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var read = 0; read < Reads; read++)
            {
                context.Response.Body.Position = 0;
                var reply = service.Cache.RunAsync(
                    context,
                    new("stats", ["page"]),
                    _ => throw new InvalidOperationException()
                );
                Assert.True(reply.IsCompletedSuccessfully);
                await reply;
            }
            return (GC.GetAllocatedBytesForCurrentThread() - before) / Reads;
        }
    }

    private static async Task<(int Status, string Body)> Seen(Task<Reply> reply)
    {
        var seen = await reply;
        return (seen.Status, seen.Body);
    }
}
