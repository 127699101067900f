using PortalServices.Content.AnnounceArticles;
using PortalServices.Database;

namespace PortalServices.Content.Tests.AnnounceArticles;

/// <summary>
/// Whose turn it is, among replicas on one database. Their time is the test's: these sites are in no process' list.
/// </summary>
[Usually(DatabaseKind.PostgreSql)]
public sealed class AnnouncementTurnsTests(ContentApps apps) : IClassFixture<ContentApps>
{
    private static readonly DateTimeOffset Now = new(2026, 11, 25, 1, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private static int _sites;

    // In this order, where they are due at the same time.
    private readonly string _site = $"turn-{Interlocked.Increment(ref _sites):D4}",
        _other = $"turn-{Interlocked.Increment(ref _sites):D4}";
    private readonly Guid _first = Guid.NewGuid(),
        _second = Guid.NewGuid();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [EveryDatabase]
    public async Task A_turn_has_one_taker_until_it_ends_or_its_claim_has_run_out(DatabaseKind database)
    {
        var app = await apps.OnAsync(database);
        await RequestAsync(app, Now);
        Assert.Equal([_site, _other], await DueAsync(app, Now));
        Assert.Equal(2, await ClaimAsync(app, _first, Now));
        Assert.Equal(0, await ClaimAsync(app, _second, Now + Second));
        Assert.True(await RenewAsync(app, _first, Now + Second));
        // The claim is as old as its renewal.
        Assert.Equal(0, await ClaimAsync(app, _second, Now + AnnouncementTurns.Lease));
        Assert.Equal(2, await ClaimAsync(app, _second, Now + Second + AnnouncementTurns.Lease));
        Assert.False(await RenewAsync(app, _first, Now + Second + AnnouncementTurns.Lease));

        // What has lost its turn ends nothing.
        await CompleteAsync(app, _first, Now);
        await app.WithDatabaseAsync(async context =>
        {
            await new AnnouncementTurns(context).ReleaseAsync(_site, _first, Now);
            return true;
        });
        Assert.True(await RenewAsync(app, _second, Now + Second + AnnouncementTurns.Lease));
    }

    [Theory]
    [EveryDatabase]
    public async Task Of_many_who_take_it_at_the_same_time_one_has_it(DatabaseKind database)
    {
        var app = await apps.OnAsync(database);
        await RequestAsync(app, Now);
        var claims = await Task.WhenAll(
            Enumerable.Range(0, 8).Select(_ => Task.Run(() => ClaimAsync(app, Guid.NewGuid(), Now), Cancel))
        );
        Assert.Equal([0, 0, 0, 0, 0, 0, 0, 2], claims.Order());
    }

    [Theory]
    [EveryDatabase]
    public async Task The_next_turn_comes_ten_minutes_after_one_and_at_once_where_it_was_asked_for_meanwhile(
        DatabaseKind database
    )
    {
        var app = await apps.OnAsync(database);
        await RequestAsync(app, Now);
        await ClaimAsync(app, _first, Now);
        await RequestAsync(app, Now + Second, _other);
        await CompleteAsync(app, _first, Now + (2 * Second));
        Assert.Equal([_other], await DueAsync(app, Now + (2 * Second)));
        Assert.Equal([_other], await DueAsync(app, Now + (2 * Second) + AnnouncementTurns.Every - Second));
        Assert.Equal([_other, _site], await DueAsync(app, Now + (2 * Second) + AnnouncementTurns.Every));
    }

    [Theory]
    [EveryDatabase]
    public async Task A_turn_that_failed_lets_the_others_go_first_and_they_stay_due(DatabaseKind database)
    {
        var app = await apps.OnAsync(database);
        await RequestAsync(app, Now);
        await ClaimAsync(app, _first, Now);
        await app.WithDatabaseAsync(async context =>
        {
            await new AnnouncementTurns(context).ReleaseAsync(_site, _first, Now + (5 * Second));
            return true;
        });
        Assert.Equal([_other], await DueAsync(app, Now));
        Assert.Equal([_other, _site], await DueAsync(app, Now + (5 * Second)));
    }

    [Theory]
    [EveryDatabase]
    public async Task A_clock_that_was_far_ahead_holds_no_turn_up(DatabaseKind database)
    {
        var app = await apps.OnAsync(database);
        await RequestAsync(app, Now + TimeSpan.FromDays(1));
        Assert.Equal([_site, _other], await DueAsync(app, Now));
        await ClaimAsync(app, _first, Now + TimeSpan.FromDays(1));
        Assert.Equal(2, await ClaimAsync(app, _second, Now));
        await CompleteAsync(app, _second, Now + TimeSpan.FromDays(1));
        Assert.Equal([_site, _other], await DueAsync(app, Now));
    }

    private Task<bool> RequestAsync(ContentApp app, DateTimeOffset now, params string[] sites) =>
        app.WithDatabaseAsync(async context =>
        {
            await new AnnouncementTurns(context).RequestAsync(sites.Length > 0 ? sites : [_site, _other], now, Cancel);
            return true;
        });

    private Task<List<string>> DueAsync(ContentApp app, DateTimeOffset now) =>
        app.WithDatabaseAsync(async context =>
            (await new AnnouncementTurns(context).DueAsync(now, Cancel))
                .Where(site => site == _site || site == _other)
                .ToList()
        );

    private Task<int> ClaimAsync(ContentApp app, Guid claim, DateTimeOffset now) =>
        app.WithDatabaseAsync(async context =>
            (await new AnnouncementTurns(context).ClaimAsync([_site, _other], claim, now, Cancel)).Count
        );

    private static Task<bool> RenewAsync(ContentApp app, Guid claim, DateTimeOffset now) =>
        app.WithDatabaseAsync(context => new AnnouncementTurns(context).RenewAsync(claim, now, Cancel));

    private Task<bool> CompleteAsync(ContentApp app, Guid claim, DateTimeOffset now) =>
        app.WithDatabaseAsync(async context =>
        {
            await new AnnouncementTurns(context).CompleteAsync([_site, _other], claim, now);
            return true;
        });
}
