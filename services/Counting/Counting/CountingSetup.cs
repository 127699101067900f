using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using OpenTelemetry.Trace;
using PortalServices.ApiDocuments;
using PortalServices.Contracts;
using PortalServices.Counting.AcceptSecret;
using PortalServices.Counting.AnnounceViews;
using PortalServices.Counting.Baselines;
using PortalServices.Counting.Bots;
using PortalServices.Counting.CheckStore;
using PortalServices.Counting.CompareViews;
using PortalServices.Counting.ConsumeArticles;
using PortalServices.Counting.CorrectCount;
using PortalServices.Counting.DeadLetters;
using PortalServices.Counting.Housekeeping;
using PortalServices.Counting.Http;
using PortalServices.Counting.Ledger;
using PortalServices.Counting.RankPages;
using PortalServices.Counting.ReadStats;
using PortalServices.Counting.ReadTraffic;
using PortalServices.Counting.RecordView;
using PortalServices.Counting.ReportStoreLoss;
using PortalServices.Counting.RequestPages;
using PortalServices.Counting.Seed;
using PortalServices.Counting.Store;
using PortalServices.Counting.SumUp;
using PortalServices.DeadLetters;
using PortalServices.Frames.Receiving;
using PortalServices.Messaging;
using PortalServices.ServiceDefaults;
using PortalServices.ServiceDefaults.Settings;
using PortalServices.ServiceDefaults.Telemetry;

namespace PortalServices.Counting;

/// <summary>The counting service: page views, visitors and online, in a Redis-protocol store.</summary>
public static class CountingSetup
{
    /// <summary>The command that takes another visitor secret for that of the ledgers.</summary>
    public const string AcceptSecretSwitch = "--accept-visitor-secret";

    /// <summary>The service's name in its document and its queues.</summary>
    internal const string Name = "counting";

    /// <summary>The command that notes in the ledgers that the store was put back from a backup.</summary>
    public const string NoteRestoredSwitch = "--note-restored";

    private const string Views = "Views",
        Numbers = "Numbers",
        Adjusting = "Corrections and baselines",
        Watching = "Audit and bots";

    private static readonly string[] Kinds = ["baseline", "correction"];

    /// <summary><c>/openapi/counting.json</c>; docs/openapi has its approved text, so a change shows in review.</summary>
    private static readonly ApiDescription Document = new(
        Name,
        "Counting",
        "Page views, visitors and online of public portals. What the numbers mean, and what a reply promises, is in docs/counting.md; all problem codes are in docs/errors.md."
    )
    {
        Tags =
        [
            (Views, "What a page sends."),
            (Numbers, "What a page shows."),
            (
                Adjusting,
                "Changes of what is shown, kept apart from what was counted, audited, and to be undone. At the operators' door only."
            ),
            (Watching, "What operators watch. At the operators' door only."),
            (DeadLetterOperations.Tag, DeadLetterOperations.About),
        ],
        Words =
        [
            (nameof(ViewReply), "reason", ["duplicate", "bot", "optedOut"]),
            (nameof(TopPagesReply), "period", ["today", "week", "total"]),
            (nameof(TrafficReply), "step", ["minute", "hour", "day"]),
            (nameof(BotDay), "reasons", BotReasons.All.Select(reason => reason.StoredName())),
            (nameof(AuditItem), "kind", [.. Kinds, "undo", "storeLoss", "visitorSecret"]),
            (nameof(AuditItem), "of", Kinds),
        ],
    };

    // Of messages that come again anyway, and are large: while counting is away, content waits with the rest.
    private const int MaxAnnouncements = 200;

    /// <summary>
    /// Adds counting. Its store is <c>ConnectionStrings:redis</c>, its settings are <see cref="CountingOptions"/>.
    /// </summary>
    public static WebApplicationBuilder AddCounting(this WebApplicationBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        AddCounting(builder.Services.AddSites());
        // One page written in two ways would silently become two.
        return builder.NeedsUnicodeData("pages need Unicode normalisation");
    }

    internal static void AddCounting(IServiceCollection services)
    {
        services.AddValidatedOptions<CountingOptions>(CountingOptions.Section);
        services.AddMetersOf(typeof(CountingTelemetry), typeof(ViewTelemetry));
        services.AddSingleton<IStartupCheck, StoreAddressCheck>();
        services.TryAddSingleton<StoreConnection>();
        services.ConfigureOpenTelemetryTracerProvider(traces => traces.AddRedisInstrumentation());
        services.TryAddSingleton<StoreCheckpoint>();
        services.TryAddSingleton<StoreMemoryMonitor>();
        services.TryAddSingleton<ViewLedger>();
        services.TryAddSingleton<VisitorStore>();
        services.TryAddSingleton<AcknowledgedStates>();
        services.TryAddSingleton<StoreLosses>();
        services.TryAddSingleton<SecretAcceptance>();
        services.TryAddSingleton<LedgerTotals>();
        services.TryAddSingleton<RestoredStore>();
        services.TryAddSingleton<WaitingViews>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IFrameHandler, ViewFrames>());
        services.AddSiteParts();
        services.TryAddSingleton(provider => new KnownPages(
            provider.GetRequiredService<ViewLedger>(),
            provider.GetRequiredService<SiteList>()
        ));
        services.TryAddSingleton<Adjustments>();
        services.TryAddSingleton<SeedBaselines>();
        services.AddSingleton<IHostCommand, SeedCommand>();
        services.AddSingleton<IHostCommand, AcceptSecretCommand>();
        services.AddSingleton<IHostCommand, NoteRestoredCommand>();
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
        services.AddOpenApi(Name, document => document.DescribedBy(Document));
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
            .AddDeadLetters(Name, provider => ActivatorUtilities.CreateInstance<RedisDeadLetters>(provider))
            .AddConsumer<PublishPageConsumer, ArticlePublished>(Name, "publish-page")
            .AddConsumer<WithdrawPageConsumer, ArticleWithdrawn>(Name, "withdraw-page")
            .AddConsumer<CompareViewsConsumer, SiteViewsRemembered>(Name, "compare-views")
            .AddConsumer<RestoreMarksConsumer, PublicationsAnnounced>(Name, "restore-marks", MaxAnnouncements)
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
        var counting = routes.MapGroup("").WithGroupName(Name);
        var site = counting.MapGroup("/api/sites/{site}");
        site.MapGroup("").WithTags(Views).MapRecordView();
        var numbers = site.MapGroup("").WithTags(Numbers).NeedsKnownSite().AddEndpointFilter<StoreFailureFilter>();
        numbers.MapReadStats();
        numbers.MapTopPages();
        numbers.MapTraffic();
        var operators = counting
            .MapGroup("/api/operator/sites/{site}")
            .NeedsKnownSite()
            .AddEndpointFilter<StoreFailureFilter>();
        var adjusting = operators.MapGroup("").WithTags(Adjusting);
        adjusting.MapCorrections();
        adjusting.MapBaselines();
        var watching = operators.MapGroup("").WithTags(Watching);
        watching.MapAudit();
        watching.MapBots();
        watching.MapStoreLoss();
        return routes.MapApiDocument(Document);
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
    /// alone knows when it is time, and whether one was written. Views wait meanwhile. One caller at a time.
    /// </summary>
    public static Task WriteCountingCheckpointAsync(this IServiceProvider services) =>
        services.GetRequiredService<StoreCheckpoint>().WriteAsync();

    /// <summary>
    /// The same for a backup: behind the checkpoint, and before counting writes again, the totals of the ledgers are
    /// read and handed over. They are for a manifest: <c>sites</c> by id with <c>commit</c>, <c>epoch</c>,
    /// <c>counted</c>, <c>shown</c> and so on, and <c>deadLetters</c>.
    /// </summary>
    /// <param name="services">The services of the process.</param>
    /// <param name="behind">Views wait for it, too. It is not run where the store says that it wrote none.</param>
    public static async Task WriteCountingCheckpointAsync(this IServiceProvider services, Func<JsonObject, Task> behind)
    {
        var totals = services.GetRequiredService<LedgerTotals>();
        var sites = await totals.PrepareAsync();
        await services
            .GetRequiredService<StoreCheckpoint>()
            .WriteAsync(async () => await behind(await totals.ReadAsync(sites)));
    }

    /// <summary>
    /// The totals of the ledgers as <see cref="WriteCountingCheckpointAsync(IServiceProvider, Func{JsonObject, Task})"/>
    /// tells them, now, of the days and weeks of earlier ones, and of the sites of those or of the store.
    /// </summary>
    public static Task<JsonObject> ReadCountingTotalsAsync(this IServiceProvider services, JsonObject earlier) =>
        services.GetRequiredService<LedgerTotals>().ReadAgainAsync(earlier);

    /// <summary>
    /// Looks through the ledgers of all sites, those of some totals among them, and notes in them that the store was put back from a
    /// backup; a line for each site.
    /// </summary>
    /// <param name="services">The services of the process.</param>
    /// <param name="totals">Of the backup.</param>
    /// <param name="backup">When it was made.</param>
    public static Task<IReadOnlyList<string>> NoteRestoredStoreAsync(
        this IServiceProvider services,
        JsonObject totals,
        DateTimeOffset backup
    ) => services.GetRequiredService<RestoredStore>().NoteAsync(LedgerTotals.SitesOf(totals), backup);

    /// <summary>
    /// Whether a backup can have been made then, by clocks that differ by an hour at the most.
    /// </summary>
    public static bool IsBackupInstant(DateTimeOffset instant, TimeProvider time) =>
        RestoredStore.IsInstant(instant, time);

    /// <summary>Whether a site may be called so, as <see cref="Site.Id"/> says.</summary>
    public static bool IsSiteId(string id) => CountingKeys.IsSite(id);

    /// <summary>
    /// A check value of the visitor secret, which does not show it: 16 hexadecimal digits, keyed by the secret.
    /// </summary>
    /// <param name="secret">The secret.</param>
    /// <param name="site">The site whose ledger holds this check value; empty for one of no site.</param>
    public static string VisitorSecretCheck(string secret, string site = "") => ViewLedger.SecretCheck(secret, site);

    /// <summary>Whether the check value that a site's ledger holds is of the secret.</summary>
    /// <param name="check">The check value.</param>
    /// <param name="secret">The secret.</param>
    /// <param name="site">The site.</param>
    public static bool IsVisitorSecretCheck(string check, string secret, string site) =>
        ViewLedger.IsCheckOf(check, secret, site);
}
