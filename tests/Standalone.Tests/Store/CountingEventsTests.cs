using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using PortalServices.Counting;
using PortalServices.Counting.ConsumeArticles;
using PortalServices.Counting.Ledger;
using PortalServices.Messaging.DeadLetters;
using PortalServices.Testing;

namespace PortalServices.Standalone.Tests.Store;

/// <summary>
/// What counting writes for the events between services, on the embedded store: the same as on Redis, and in its log
/// when it is acknowledged.
/// </summary>
public sealed class CountingEventsTests
{
    private const string Site = "site";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_highest_version_marks_the_pages_also_after_a_kill()
    {
        using var folder = new TemporaryDirectory();
        using var copy = new TemporaryDirectory();
        var (first, second) = (Guid.NewGuid(), Guid.NewGuid());
        await using (var store = await StoreRun.StartAsync(folder.Path))
        await using (var counting = Counting(store))
        {
            var pages = counting.Services.GetRequiredService<KnownPages>();
            await pages.PublishAsync(Site, first, 1, ["/articles/a", "/articles/old"]);
            await pages.PublishAsync(Site, second, ViewLedger.MaxVersion - 1, ["/articles/b"]);
            await pages.WithdrawAsync(Site, second, ViewLedger.MaxVersion, ["/articles/b"]);
            await pages.PublishAsync(Site, second, ViewLedger.MaxVersion - 1, ["/articles/b"]);
            await pages.WithdrawAsync(Site, Guid.NewGuid(), 1, ["/articles/a", "/articles/never"]);
            store.CopyTo(copy.Path);
        }

        await using var again = await StoreRun.StartAsync(copy.Path);
        var database = again.Connection.GetDatabase();
        async Task<string?> FieldAsync(string field) => await database.HashGetAsync(CountingKeys.Ledger(Site), field);
        Assert.Equal($"0 0 0 0 0 0 0 0 0|||{first:N}", await FieldAsync("p:/articles/a"));
        Assert.Equal($"0 0 0 0 0 0 0 0 0|||{first:N}", await FieldAsync("p:/articles/old"));
        Assert.Equal("0 0 0 0 0 0 0 0 0", await FieldAsync("p:/articles/b"));
        Assert.Null(await FieldAsync("p:/articles/never"));
        Assert.Equal(
            ("1", "9007199254740992", "3"),
            (await FieldAsync($"v:{first:N}"), await FieldAsync($"v:{second:N}"), await FieldAsync("pn"))
        );
    }

    [Fact]
    public async Task Dead_letters_are_there_after_a_kill()
    {
        using var folder = new TemporaryDirectory();
        using var copy = new TemporaryDirectory();
        var (kept, removed) = (Letter("kept", 1), Letter("removed", 2));
        await using (var store = await StoreRun.StartAsync(folder.Path))
        await using (var counting = Counting(store))
        {
            var letters = counting.Services.GetRequiredService<ServiceDeadLetters>().Letters;
            Assert.True(await letters.TryPutAsync(removed, Cancel));
            Assert.True(await letters.TryPutAsync(kept, Cancel));
            Assert.True(await letters.RemoveAsync(removed.MessageId, removed.Consumer, Cancel));
            Assert.True(await letters.TryPutAsync(Letter("again", 3, kept.MessageId), Cancel));
            store.CopyTo(copy.Path);
        }

        await using var again = await StoreRun.StartAsync(copy.Path);
        await using var after = Counting(again);
        var (items, total) = await after
            .Services.GetRequiredService<ServiceDeadLetters>()
            .Letters.ListAsync(null, 0, 10, Cancel);
        Assert.Equal((1, kept.MessageId, "again", 2), (total, items[0].MessageId, items[0].Error, items[0].Failures));
    }

    /// <summary>Counting without its host: nothing of it runs by itself.</summary>
    private static WebApplication Counting(StoreRun store)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Configuration["ConnectionStrings:redis"] = store.ConnectionString;
        builder.Configuration["Counting:VisitorSecret"] = "a secret of the tests, 32 characters and more";
        builder
            .Services.AddSingleton(TimeProvider.System)
            .AddSingleton(new SiteList([new Site { Id = Site }]))
            .AddSingleton<FatalStop>();
        return builder.AddCounting().AddMessaging(bus => bus.AddCountingConsumers()).Build();
    }

    private static DeadLetter Letter(string error, long at, Guid? id = null) =>
        new()
        {
            MessageId = id ?? Guid.NewGuid(),
            Consumer = "portal.counting.publish-page",
            Type = "portal:article-published:v1",
            Body = "{}",
            Error = error,
            FailedAt = at,
            Failures = 1,
        };
}
