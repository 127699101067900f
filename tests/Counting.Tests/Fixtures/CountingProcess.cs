using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using PortalServices.Counting.AnnounceViews;
using PortalServices.Counting.ConsumeArticles;
using PortalServices.Counting.Housekeeping;
using PortalServices.Counting.Ledger;
using PortalServices.Counting.Model;
using PortalServices.Counting.RecordView;
using PortalServices.Counting.Store;
using PortalServices.Messaging;
using PortalServices.Messaging.Bus;
using PortalServices.Testing;
using PortalServices.Testing.Processes;
using StackExchange.Redis;

namespace PortalServices.Counting.Tests.Fixtures;

/// <summary>One redis-server for all tests of the assembly; each test has a site of its own.</summary>
public sealed class StoreFixture : IAsyncLifetime
{
    private static int _sites;

    public RedisServer Redis { get; private set; } = null!;

    public ConnectionMultiplexer Connection { get; private set; } = null!;

    public static string NewSite() => $"site-{Interlocked.Increment(ref _sites)}";

    public async ValueTask InitializeAsync()
    {
        Redis = await RedisServer.StartAsync(fsync: "everysec");
        Connection = await Redis.ConnectAsync();
    }

    public Task<StoredLedger> LedgerAsync(string site) => StoredLedger.ReadAsync(Connection, site);

    public async ValueTask DisposeAsync()
    {
        await Connection.DisposeAsync();
        await Redis.DisposeAsync();
    }
}

/// <summary>
/// The counting service without its HTTP: what a replica holds, on a store and with a clock of the test's choice.
/// </summary>
internal sealed class CountingProcess : IAsyncDisposable
{
    private readonly IHost _host;
    private readonly TimeProvider _time;

    public CountingProcess(
        StoreFixture store,
        Site site,
        TimeProvider? time = null,
        params (string Key, string Value)[] settings
    )
        : this(store.Redis, site, time, settings) { }

    public CountingProcess(
        RedisServer redis,
        Site site,
        TimeProvider? time = null,
        params (string Key, string Value)[] settings
    )
        : this(redis, [site], time, settings) { }

    /// <summary>With several sites; <see cref="Site"/> is the first of them.</summary>
    public CountingProcess(
        RedisServer redis,
        IReadOnlyList<Site> sites,
        TimeProvider? time = null,
        params (string Key, string Value)[] settings
    )
    {
        _time = time ?? TimeProvider.System;
        var builder = Host.CreateEmptyApplicationBuilder(new());
        builder.Configuration.AddInMemoryCollection(
            new Dictionary<string, string?>
            {
                ["ConnectionStrings:redis"] = redis.Address,
                ["Counting:VisitorSecret"] = "a secret of the tests, 32 characters and more",
            }
        );
        builder.Configuration.AddInMemoryCollection(
            settings.Select(setting => KeyValuePair.Create(setting.Key, (string?)setting.Value))
        );
        builder.Services.AddSingleton(_time).AddSingleton(new SiteList(sites)).AddSingleton<FatalStop>();
        CountingSetup.AddCounting(builder.Services);
        builder.Services.AddSingleton(Options.Create(new MessagingOptions { MaxDeadLetters = 3 }));
        builder.Services.AddSingleton(provider => new EventAnnouncer(
            Events,
            provider.GetRequiredService<ILogger<EventAnnouncer>>()
        ));
        new MessagingBuilder(builder.Services).AddCountingConsumers();
        _host = builder.Build();
        Site = new SiteParts(_host.Services, sites[0]);
    }

    public SiteParts Site { get; }

    /// <summary>What it announced.</summary>
    public CapturedEvents Events { get; } = new();

    public T Get<T>()
        where T : notnull => _host.Services.GetRequiredService<T>();

    /// <summary>Commits one view as the endpoint does, stamped now.</summary>
    public async Task<ViewAnswer> ViewAsync(string path, ulong id = 0, UInt128? visitor = null, TimeSpan age = default)
    {
        // The first answer of a store may take longer than a view waits for it.
        await Eventually.HoldsAsync(
            () => Site.Reader.OpenAsync().AsTask(),
            "the site's numbers are known",
            TestContext.Current.CancellationToken
        );
        var arrived = _time.GetTimestamp();
        return await Site.Committer.CommitAsync(Pending(path, id, visitor, age, arrived));
    }

    /// <summary>A view as accepted at a local timestamp; nobody waits for it longer than 30 seconds.</summary>
    public AwaitedView Pending(
        string path,
        ulong id = 0,
        UInt128? visitor = null,
        TimeSpan age = default,
        long? arrived = null
    )
    {
        var at = arrived ?? _time.GetTimestamp();
        return new AwaitedView
        {
            Path = path,
            Buckets = Site.Calendar.Of(_time.GetUtcNow()),
            Id = id,
            FirstSent = Site.Clock.At(at) - (long)age.TotalMilliseconds,
            Visitor = visitor is { } name ? NamesOf(name, Site.Calendar.Of(_time.GetUtcNow()).Minute) : null,
            Deadline = at + (_time.TimestampFrequency * 30),
        };
    }

    /// <summary>A visitor who is called the same in all sets.</summary>
    public VisitorNames NamesOf(UInt128 name, long minute) =>
        new(name, name, OnlineDay.IsKeptTwice(minute, Site.Site.OnlineWindowMinutes) ? name : null);

    /// <summary>Commits a batch as it is, in a lane of the test's choice.</summary>
    public Task<CommitReply> CommitAsync(
        string lane,
        long sequence,
        TimeBuckets buckets,
        params (string Path, ulong Id, long FirstSent)[] views
    )
    {
        var batch = new CommitBatch { Buckets = buckets };
        foreach (var view in views)
        {
            batch.AddView(view.Path, view.Id, view.FirstSent);
        }

        return CommitAsync(lane, sequence, batch);
    }

    public async Task<CommitReply> CommitAsync(string lane, long sequence, CommitBatch batch)
    {
        var reply = await Get<StoreConnection>()
            .WithProcessAsync(
                CountingKeys.Ledger(Site.Site.Id),
                process => Get<ViewLedger>().CommitAsync(process, Site.Site.Id, lane, sequence, batch)
            );
        if (reply.Numbers is { } numbers)
        {
            // As the committer says: only what is announced is of interest here.
            await Get<ChangedPages>().CommittedAsync(new LedgerCommitted(Site.Site.Id, numbers, HasNewVisitors: false));
        }

        return reply;
    }

    /// <summary>Keeps house once, whoever's turn it is.</summary>
    public async Task KeepHouseAsync()
    {
        do
        {
            await Get<StoreConnection>().ProcessOfAsync(CountingKeys.Ledger(Site.Site.Id));
            await Get<StoreConnection>().Database.KeyDeleteAsync(CountingKeys.Housekeeping(Site.Site.Id));
        } while (!await TryKeepHouseAsync());
        await Get<StoreConnection>().Database.KeyDeleteAsync(CountingKeys.Housekeeping(Site.Site.Id));
    }

    /// <summary>Keeps house when it is this process' turn; whether it was.</summary>
    public Task<bool> TryKeepHouseAsync() =>
        Get<PerSite<SiteHousekeeping>>().Of(Site.Site.Id).RunAsync(CancellationToken.None);

    /// <summary>Publishes an article that has these pages.</summary>
    public Task PublishAsync(params string[] paths) =>
        Get<KnownPages>().PublishAsync(Site.Site.Id, Guid.NewGuid(), 1, paths);

    /// <summary>Applies an adjustment to the day and week of a moment.</summary>
    public async Task<AdjustmentOutcome> AdjustAsync(Adjustment adjustment, TimeBuckets now, bool undo = false) =>
        (
            await OnLedgerAsync(
                (ledger, process) =>
                    ledger.AdjustAsync(
                        process,
                        Site.Site.Id,
                        adjustment with
                        {
                            Day = now.Day,
                            Week = now.Week,
                        },
                        undo,
                        now,
                        "{}"
                    )
            )
        ).Outcome;

    /// <summary>Runs a command of the ledger.</summary>
    public Task<T> OnLedgerAsync<T>(Func<ViewLedger, StoreProcess, Task<T>> command) =>
        Get<StoreConnection>()
            .WithProcessAsync(CountingKeys.Ledger(Site.Site.Id), process => command(Get<ViewLedger>(), process));

    /// <summary>Reads the ledger as readers do.</summary>
    public Task<LedgerRead> ReadAsync(TimeBuckets buckets) =>
        Get<StoreConnection>()
            .WithProcessAsync(
                CountingKeys.Ledger(Site.Site.Id),
                process => Get<ViewLedger>().ReadAsync(process, Site.Site.Id, buckets.Day, buckets.Week, [])
            );

    /// <summary>What announces its numbers; it does nothing by itself here.</summary>
    public ViewAnnouncer Announcer => Get<ViewAnnouncer>();

    /// <summary>Its background work, which does nothing by itself here.</summary>
    public IReadOnlyList<PeriodicRunner> Work =>
        [.. _host.Services.GetServices<IHostedService>().OfType<PeriodicRunner>()];

    public async ValueTask DisposeAsync() => await ((IAsyncDisposable)_host).DisposeAsync();
}
