using System.Data.Common;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;
using PortalServices.ApiDocuments;
using PortalServices.Contracts;
using PortalServices.Database;
using PortalServices.DeadLetters;
using PortalServices.Feedback.Answer;
using PortalServices.Feedback.Deadlines;
using PortalServices.Feedback.Export;
using PortalServices.Feedback.Mail;
using PortalServices.Feedback.Measure;
using PortalServices.Feedback.Personal;
using PortalServices.Feedback.ReadPublished;
using PortalServices.Feedback.Submit;
using PortalServices.Feedback.SumUp;
using PortalServices.Feedback.Verify;
using PortalServices.ServiceDefaults;
using PortalServices.ServiceDefaults.Settings;
using PortalServices.ServiceDefaults.Telemetry;

namespace PortalServices.Feedback;

/// <summary>The feedback service: captcha, feedback, answers, in PostgreSQL or SQLite.</summary>
public static class FeedbackSetup
{
    private const string Captchas = "Captchas",
        Visitors = "Feedback",
        Answering = "Answering feedback",
        Keeping = "Keeping feedback";

    /// <summary><c>/openapi/feedback.json</c>; docs/openapi has its approved text, so a change shows in review.</summary>
    private static readonly ApiDescription Document = new(
        FeedbackService.Name,
        "Feedback",
        "Feedback of visitors behind a captcha, and what operators make of it. How it goes from one state to the next, and what is promised, is in docs/feedback.md; "
            + "all problem codes are in docs/errors.md."
    )
    {
        Tags =
        [
            (Captchas, "Image and audio captchas, and proof of work; each may be answered once."),
            (Visitors, "Send it, ask by receipt what has become of it, read what was published."),
            (Answering, "What came in, and every step from reading to answering. At the operators' door only."),
            (Keeping, "Export, erasure, audit. At the operators' door only."),
            (DeadLetterOperations.Tag, DeadLetterOperations.About),
        ],
    };

    /// <summary>
    /// Adds feedback. Its database is <c>ConnectionStrings:feedback</c>; it needs <see cref="AddFeedbackConsumers"/>,
    /// too.
    /// </summary>
    public static WebApplicationBuilder AddFeedback(this WebApplicationBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.AddDatabase<FeedbackContext, SqliteFeedbackContext, PostgreSqlFeedbackContext>(FeedbackService.Name);
        var services = builder.Services.AddSites();
        services.AddMetersOf(typeof(FeedbackTelemetry), typeof(CaptchaTelemetry), typeof(MailTelemetry));
        services.AddValidatedOptions<FeedbackOptions>(FeedbackOptions.Section);
        services.AddValidatedOptions<CaptchaOptions>(CaptchaOptions.Section);
        // One ring of keys for all replicas, in the database. Who can read the database can read the feedback anyway,
        // so the keys are not encrypted once more.
        services
            .AddDataProtection()
            .SetApplicationName("PortalServices.Feedback")
            .PersistKeysToDbContext<FeedbackContext>();
        // It would read the ring when the process starts, before the tables are there. The first captcha reads it.
        foreach (
            var early in services.Where(each => each.ImplementationType?.Name == "DataProtectionHostedService").ToList()
        )
        {
            services.Remove(early);
        }
        builder.Logging.AddFilter("Microsoft.AspNetCore.DataProtection", LogLevel.Error);
        services.TryAddSingleton<CaptchaChallenges>();
        services.TryAddSingleton<CaptchaRenderings>();
        services.TryAddSingleton<WorkChallenges>();
        services.TryAddSingleton<CaptchaSecrets>();
        services.TryAddSingleton<SiteTurns>();
        services.TryAddScoped<RecentSubmissions>();
        services.TryAddScoped<CaptchaJudge>();
        services.TryAddSingleton<SelfHostedVerifier>();
        // The secret goes where the settings say, and nowhere that a reply says.
        services
            .AddHttpClient<SiteVerifyVerifier>()
            .ConfigurePrimaryHttpMessageHandler(() =>
                new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false }
            );
        services.AddScoped<ICaptchaVerifier>(provider =>
            provider.GetRequiredService<IOptions<CaptchaOptions>>().Value.IsSelfHosted
                ? provider.GetRequiredService<SelfHostedVerifier>()
                : provider.GetRequiredService<SiteVerifyVerifier>()
        );
        services.TryAddSingleton(provider => new Holidays(
            provider.GetRequiredService<IOptions<FeedbackOptions>>(),
            provider.GetRequiredService<IOptions<SeedsOptions>>()
        ));
        services.AddSingleton<IStartupCheck, HolidaysCheck>();
        services.TryAddSingleton<WorkingDays>();
        services.TryAddSingleton<RunningSubmissions>();
        services.TryAddSingleton<PublishedTitles>();
        services.TryAddScoped<Submissions>();
        services.TryAddScoped<FeedbackWorkflow>();
        services.TryAddScoped<Erasure>();
        services.AddDatabaseErasure<FeedbackContext>();
        services.AddDatabaseWork<FeedbackContext, Retention>();
        services.AddDatabaseWork<FeedbackContext, FeedbackRehashing>();
        services.AddDatabaseWork<FeedbackContext, FeedbackCounts>();
        AddMail(services);
        services.AddOpenApi(FeedbackService.Name, document => document.DescribedBy(Document));
        return builder;
    }

    private static void AddMail(IServiceCollection services)
    {
        services.AddValidatedOptions<MailOptions>(MailOptions.Section);
        services.TryAddSingleton<MailState>();
        services.AddSingleton<IStartNote, MailNote>();
        services.TryAddScoped<MailComposer>();
        services.TryAddScoped<NewMails>();
        services.AddDatabaseWork<FeedbackContext, MailSender>();
        services.AddDatabaseWork<FeedbackContext, DueReminders>();
        services.AddHealthChecks().AddCheck<MailHealth>("feedbackMail", HealthStatus.Degraded);
    }

    /// <summary>Adds what feedback hears and tells.</summary>
    public static MessagingBuilder AddFeedbackConsumers(this MessagingBuilder bus)
    {
        ArgumentNullException.ThrowIfNull(bus);
        return bus.AddOutbox<FeedbackContext>(
                FeedbackService.Name,
                provider => provider.GetRequiredService<DatabaseMigrator<FeedbackContext>>().Done
            )
            // Earlier versions wrote their mails when these events came back to them.
            .AddRetiredConsumer<MailReceivedConsumer, FeedbackReceived>(FeedbackService.Name, "mail-received")
            .AddRetiredConsumer<MailAnsweredConsumer, FeedbackAnswered>(FeedbackService.Name, "mail-answered");
    }

    /// <summary>
    /// Maps the routes of feedback: the public ones, and the operators' ones, which need <c>UseOperatorAccess</c>
    /// before them; and its API document.
    /// </summary>
    public static IEndpointRouteBuilder MapFeedback(this IEndpointRouteBuilder routes)
    {
        ArgumentNullException.ThrowIfNull(routes);
        var feedback = routes
            .MapGroup("")
            .WithGroupName(FeedbackService.Name)
            .NeedsDatabase<RouteGroupBuilder, FeedbackContext>();
        feedback.MapGroup("").WithTags(Captchas).MapCaptchas();
        var site = feedback.MapGroup("/api/sites/{site}").NeedsKnownSite();
        site.MapGroup("").WithTags(Captchas).MapWork();
        var visitors = site.MapGroup("").WithTags(Visitors);
        visitors.MapFeedbackOfVisitors();
        visitors.MapPublishedFeedback();
        var operators = feedback
            .MapGroup("/api/operator/sites/{site}")
            .NeedsKnownSite()
            .WithMetadata(new BodySizeLimit(FeedbackOperatorEndpoints.MaxBytes));
        var answering = operators.MapGroup("").WithTags(Answering);
        answering.MapFeedbackOfOperators();
        answering.MapMails();
        var keeping = operators.MapGroup("").WithTags(Keeping);
        keeping.MapExport();
        keeping.MapFeedbackKeeping();
        return routes.MapApiDocument(Document);
    }

    /// <summary>
    /// What a backup notes of feedback's database: <c>entries</c> by site and state, <c>receipts</c>,
    /// <c>mailsWaiting</c>, <c>outbox</c>, <c>deadLetters</c>.
    /// </summary>
    /// <param name="database">An open connection to it.</param>
    /// <param name="cancel">Ends it.</param>
    public static Task<JsonObject> ReadFeedbackTotalsAsync(DbConnection database, CancellationToken cancel) =>
        FeedbackTotals.ReadAsync(database, cancel);
}
