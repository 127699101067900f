using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using PortalServices.ApiDocuments;
using PortalServices.Contracts;
using PortalServices.Counting.AcceptSecret;
using PortalServices.Counting.AnnounceViews;
using PortalServices.Counting.ApiDocument;
using PortalServices.Counting.Baselines;
using PortalServices.Counting.Bots;
using PortalServices.Counting.CheckStore;
using PortalServices.Counting.CompareViews;
using PortalServices.Counting.ConsumeArticles;
using PortalServices.Counting.CorrectCount;
using PortalServices.Counting.DeadLetters;
using PortalServices.Counting.Housekeeping;
using PortalServices.Counting.Ledger;
using PortalServices.Counting.RankPages;
using PortalServices.Counting.ReadStats;
using PortalServices.Counting.ReadTraffic;
using PortalServices.Counting.RecordView;
using PortalServices.Counting.ReportStoreLoss;
using PortalServices.Counting.RequestPages;
using PortalServices.Counting.Seed;
using PortalServices.Counting.Store;
using PortalServices.Messaging;
using PortalServices.ServiceDefaults;

namespace PortalServices.Counting;

/// <summary>The counting service: page views, visitors and online, in a Redis-protocol store.</summary>
public static class CountingSetup
{
    /// <summary>The command that takes another visitor secret for that of the ledgers.</summary>
    public const string AcceptSecretSwitch = "--accept-visitor-secret";

    // Of messages that come again anyway, and are large: while counting is away, content waits with the rest.
    private const int MaxAnnouncements = 200;

    /// <summary>
    /// Adds counting. Its store is <c>ConnectionStrings:redis</c>, its settings are <see cref="CountingOptions"/>.
    /// </summary>
    public static WebApplicationBuilder AddCounting(this WebApplicationBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        AddCounting(builder.Services);
        // One page written in two ways would silently become two.
        return builder.NeedsUnicodeData("pages need Unicode normalisation");
    }

    internal static void AddCounting(IServiceCollection services)
    {
        services.AddValidatedOptions<CountingOptions>(CountingOptions.Section);
        services.AddSingleton<IStartupCheck, StoreAddressCheck>();
        services.TryAddSingleton<StoreConnection>();
        services.TryAddSingleton<StoreCheckpoint>();
        services.TryAddSingleton<StoreMemoryMonitor>();
        services.TryAddSingleton<ViewLedger>();
        services.TryAddSingleton<VisitorStore>();
        services.TryAddSingleton<AcknowledgedStates>();
        services.TryAddSingleton<StoreLosses>();
        services.TryAddSingleton<SecretAcceptance>();
        services.TryAddSingleton<WaitingViews>();
        services.AddSites();
        services.TryAddSingleton(provider => new KnownPages(
            provider.GetRequiredService<StoreConnection>(),
            provider.GetRequiredService<ViewLedger>(),
            provider.GetRequiredService<SiteList>()
        ));
        services.TryAddSingleton<Adjustments>();
        services.TryAddSingleton<SeedBaselines>();
        services.AddSingleton<IHostCommand, SeedCommand>();
        services.AddSingleton<IHostCommand, AcceptSecretCommand>();
        services.AddHostedService<StoreStartupCheck>();
        services.AddHostedService<StoreLossStartupCheck>();
        services.AddPeriodicWork<CountingTimer>();
        services.AddPeriodicWork<HousekeepingService>();
        services.AddPeriodicWork<LedgerMending>();
        services.AddPeriodicWork<StoreLossWatch>();
        services.AddPeriodicWork<AcknowledgedFile>();
        services
            .AddHealthChecks()
            .AddCheck<StoreHealth>("store", HealthStatus.Degraded)
            .AddCheck<StoreLossHealth>("storeLoss", HealthStatus.Degraded);
        services.AddOpenApi(
            CountingDocument.Description.Name,
            document => document.DescribedBy(CountingDocument.Description)
        );
    }

    /// <summary>
    /// Adds the events of counting: it takes in which pages are published, and announces what they show. For a process
    /// with <see cref="AddCounting(WebApplicationBuilder)"/>, which counts without them, too.
    /// </summary>
    public static MessagingBuilder AddCountingConsumers(this MessagingBuilder messaging)
    {
        ArgumentNullException.ThrowIfNull(messaging);
        messaging.Services.TryAddSingleton<ChangedPages>();
        messaging.Services.TryAddSingleton<LedgerEpochs>();
        messaging
            .Services.AddPeriodicWork<ViewAnnouncer>()
            .AddPeriodicWork<ViewTurns>()
            .AddPeriodicWork<SiteViewsAnnouncer>()
            .AddPeriodicWork<PublishedPagesRequests>();
        return messaging
            .AddDeadLetters(
                CountingDocument.Name,
                provider => ActivatorUtilities.CreateInstance<RedisDeadLetters>(provider)
            )
            .AddConsumer<PublishPageConsumer, ArticlePublished>(CountingDocument.Name, "publish-page")
            .AddConsumer<WithdrawPageConsumer, ArticleWithdrawn>(CountingDocument.Name, "withdraw-page")
            .AddConsumer<CompareViewsConsumer, SiteViewsRemembered>(CountingDocument.Name, "compare-views")
            .AddConsumer<RestoreMarksConsumer, PublicationsAnnounced>(
                CountingDocument.Name,
                "restore-marks",
                MaxAnnouncements
            )
            .Publishes<PageViewsCounted>()
            .Publishes<SiteViewsCounted>()
            .Publishes<PublishedPagesRequested>();
    }

    /// <summary>
    /// Maps the routes of counting: the public ones, and the operators' ones, which need <c>UseOperatorAccess</c>
    /// before them; and its API document.
    /// </summary>
    public static IEndpointRouteBuilder MapCounting(this IEndpointRouteBuilder routes)
    {
        var counting = routes.MapGroup("").DescribedBy(CountingDocument.Description);
        var site = counting.MapGroup("/api/sites/{site}");
        site.MapRecordView();
        site.MapReadStats();
        site.MapTopPages();
        site.MapTraffic();
        var operators = counting.MapGroup("/api/operator/sites/{site}");
        operators.MapCorrections();
        operators.MapBaselines();
        operators.MapAudit();
        operators.MapBots();
        operators.MapStoreLoss();
        return routes.MapApiDocument(CountingDocument.Description);
    }

    /// <summary>
    /// Loads the baselines of the seeds; repeating it changes nothing. For a host that does so before it listens.
    /// </summary>
    public static Task SeedCountingAsync(this IServiceProvider services) =>
        services.GetRequiredService<SeedBaselines>().ApplyAsync();

    /// <summary>
    /// Takes the secret of the settings for that of the ledgers, after the one before was lost; a line for each site.
    /// For a host with a store of its own, which starts it first.
    /// </summary>
    public static Task<IReadOnlyList<string>> AcceptVisitorSecretAsync(this IServiceProvider services) =>
        services.GetRequiredService<SecretAcceptance>().RunAsync();

    /// <summary>
    /// Has the store write a checkpoint (SAVE) while counting writes nothing, for the host of an embedded store, which
    /// alone knows when it is time. Views wait meanwhile.
    /// </summary>
    public static Task WriteCountingCheckpointAsync(this IServiceProvider services) =>
        services.GetRequiredService<StoreCheckpoint>().WriteAsync();
}
