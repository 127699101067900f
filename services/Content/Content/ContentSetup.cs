using System.Data.Common;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection.Extensions;
using PortalServices.ApiDocuments;
using PortalServices.Content.AnnounceArticles;
using PortalServices.Content.Articles;
using PortalServices.Content.Feeds;
using PortalServices.Content.Lookups;
using PortalServices.Content.PrintArticle;
using PortalServices.Content.RateArticles;
using PortalServices.Content.ReadSite;
using PortalServices.Content.RebuildSearch;
using PortalServices.Content.RememberViews;
using PortalServices.Content.Seed;
using PortalServices.Content.ShowViews;
using PortalServices.Content.Storage;
using PortalServices.Content.SumUp;
using PortalServices.Content.Videos;
using PortalServices.Contracts;
using PortalServices.Database;
using PortalServices.DeadLetters;
using PortalServices.Messaging;
using PortalServices.ServiceDefaults;

namespace PortalServices.Content;

/// <summary>The content service: articles, videos and lookup tables, in PostgreSQL or SQLite.</summary>
public static class ContentSetup
{
    private const string Articles = "Articles",
        Others = "Videos and lookups",
        Sites = "Site",
        Feeds = "Feeds",
        Writing = "Writing articles",
        Keeping = "Keeping videos and lookups";

    /// <summary><c>/openapi/content.json</c>; docs/openapi has its approved text, so a change shows in review.</summary>
    private static readonly ApiDescription Document = new(
        ContentService.Name,
        "Content",
        "Articles, videos and tables to look things up in. What becomes of an article, and what a search finds, is in docs/content.md; all problem codes are in docs/errors.md."
    )
    {
        Tags =
        [
            (Sites, "What the site file says of a site."),
            (Articles, "What visitors read, search and rate."),
            (Others, "The video block, and tables to look things up in."),
            (Feeds, "The newest articles for readers of feeds, all of them for search engines."),
            (Writing, "Drafts, publishing, categories. At the operators' door only."),
            (Keeping, "Videos and lookup tables. At the operators' door only."),
            (DeadLetterOperations.Tag, DeadLetterOperations.About),
        ],
    };

    /// <summary>
    /// Adds content. Its database is <c>ConnectionStrings:content</c>; it needs <see cref="AddContentConsumers"/>, too.
    /// </summary>
    public static WebApplicationBuilder AddContent(this WebApplicationBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        // The words of a text, once written without it, would never be found.
        builder.NeedsUnicodeData("search and addresses need Unicode normalisation");
        builder.AddDatabase<ContentContext, SqliteContentContext, PostgreSqlContentContext>(ContentService.Name);
        var services = builder.Services.AddSites();
        services.AddValidatedOptions<ContentOptions>(ContentOptions.Section);
        services.TryAddScoped<ConditionalArticleChange>();
        services.TryAddScoped<ArticleEditor>();
        services.TryAddScoped<ArticleQueries>();
        services.TryAddScoped<ArticleRatings>();
        services.TryAddScoped<ArticleSlugs>();
        services.TryAddScoped<LookupEditor>();
        services.TryAddScoped<LookupQueries>();
        services.TryAddSingleton<SeedContent>();
        services.AddSingleton<IHostCommand, SeedCommand>();
        services.AddDatabaseWork<ContentContext, ScheduledPublishing>();
        services.AddDatabaseWork<ContentContext, SearchRebuild>();
        services.AddDatabaseWork<ContentContext, RatingCleanup>();
        services.AddSingleton(SitemapLimit.OfProtocol);
        services.AddOpenApi(ContentService.Name, document => document.DescribedBy(Document));
        return builder;
    }

    /// <summary>Adds what content hears and tells.</summary>
    public static MessagingBuilder AddContentConsumers(this MessagingBuilder bus)
    {
        ArgumentNullException.ThrowIfNull(bus);
        bus.Services.AddDatabaseWork<ContentContext, ArticleAnnouncing>();
        return bus.AddOutbox<ContentContext>(
                ContentService.Name,
                provider => provider.GetRequiredService<DatabaseMigrator<ContentContext>>().Done
            )
            .Publishes<ArticlePublished>()
            .Publishes<ArticleWithdrawn>()
            .Publishes<PublicationsAnnounced>()
            .AddConsumer<AnnounceArticlesConsumer, PublishedPagesRequested>(ContentService.Name, "announce-articles")
            .AddConsumer<ShowViewsConsumer, PageViewsCounted>(ContentService.Name, "show-views")
            .AddConsumer<RememberViewsConsumer, SiteViewsCounted>(ContentService.Name, "remember-views")
            .Publishes<SiteViewsRemembered>();
    }

    /// <summary>
    /// Maps the routes of content: the public ones, and the operators' ones, which need <c>UseOperatorAccess</c> before
    /// them; and its API document.
    /// </summary>
    public static IEndpointRouteBuilder MapContent(this IEndpointRouteBuilder routes)
    {
        ArgumentNullException.ThrowIfNull(routes);
        var content = routes
            .MapGroup("")
            .WithGroupName(ContentService.Name)
            .NeedsDatabase<RouteGroupBuilder, ContentContext>();
        var site = content.MapGroup("/api/sites/{site}").NeedsKnownSite();
        var revised = site.MapGroup("").AddEndpointFilter<RouteGroupBuilder, RevisionFilter>();
        content.MapGroup("").NeedsKnownSite().WithTags(Sites).MapSite();
        var articles = revised.MapGroup("").WithTags(Articles);
        articles.MapArticles();
        articles.MapPrint();
        var feeds = revised.MapGroup("").WithTags(Feeds);
        feeds.MapFeeds();
        feeds.MapSitemap();
        revised.MapGroup("").WithTags(Others).MapLookups();
        site.MapGroup("").WithTags(Articles).MapRating();
        // A video is shown from its date on.
        site.MapGroup("").WithTags(Others).MapVideos();
        var operators = content
            .MapGroup("/api/operator/sites/{site}")
            .WithMetadata(new BodySizeLimit(ArticleOperatorEndpoints.MaxBytes));
        var writing = operators.MapGroup("").WithTags(Writing);
        writing.MapArticleEditing();
        writing.MapArticleVersions();
        writing.MapCategoryEditing();
        writing.MapRatingReading();
        var keeping = operators.MapGroup("").WithTags(Keeping);
        keeping.MapVideoEditing();
        keeping.MapLookupEditing();
        return routes.MapApiDocument(Document);
    }

    /// <summary>
    /// Loads the seeds of content, after the tables; repeating it changes nothing. For a host that does so before it
    /// listens.
    /// </summary>
    public static Task SeedContentAsync(this IServiceProvider services, CancellationToken cancel = default) =>
        services.GetRequiredService<SeedContent>().LoadAsync(cancel);

    /// <summary>
    /// What a backup notes of content's database: <c>articles</c> by site and state, <c>outbox</c>, <c>deadLetters</c>.
    /// </summary>
    /// <param name="database">An open connection to it.</param>
    /// <param name="cancel">Ends it.</param>
    public static Task<JsonObject> ReadContentTotalsAsync(DbConnection database, CancellationToken cancel) =>
        ContentTotals.ReadAsync(database, cancel);
}
