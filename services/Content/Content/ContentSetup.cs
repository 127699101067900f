using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using PortalServices.ApiDocuments;
using PortalServices.Content.AnnounceArticles;
using PortalServices.Content.ApiDocument;
using PortalServices.Content.Articles;
using PortalServices.Content.Feeds;
using PortalServices.Content.Lookups;
using PortalServices.Content.PrintArticle;
using PortalServices.Content.RememberViews;
using PortalServices.Content.Search;
using PortalServices.Content.Seed;
using PortalServices.Content.ShowViews;
using PortalServices.Content.Storage;
using PortalServices.Content.Videos;
using PortalServices.Contracts;
using PortalServices.Database;
using PortalServices.Messaging;
using PortalServices.ServiceDefaults;

namespace PortalServices.Content;

/// <summary>The content service: articles, videos and lookup tables, in PostgreSQL or SQLite.</summary>
public static class ContentSetup
{
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
        services.TryAddScoped<ArticleEdit>();
        services.TryAddScoped<ArticleEditing>();
        services.TryAddScoped<ArticleQueries>();
        services.TryAddScoped<ArticleSlugs>();
        services.TryAddScoped<LookupEditing>();
        services.TryAddScoped<LookupQueries>();
        services.TryAddSingleton<SeedContent>();
        services.AddSingleton<IHostCommand, SeedCommand>();
        services.AddDatabaseWork<ContentContext, ScheduledPublishing>();
        services.AddDatabaseWork<ContentContext, SearchRebuild>();
        services.AddSingleton(SitemapLimit.OfProtocol);
        services.AddOpenApi(ContentService.Name, document => document.DescribedBy(ContentDocument.Description));
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
            .DescribedBy(ContentDocument.Description)
            .NeedsDatabase<RouteGroupBuilder, ContentContext>();
        var site = content.MapGroup("/api/sites/{site}").NeedsKnownSite();
        var revised = site.MapGroup("").AddEndpointFilter<RouteGroupBuilder, RevisionFilter>();
        revised.MapArticles();
        revised.MapPrint();
        revised.MapFeeds();
        revised.MapSitemap();
        revised.MapLookups();
        // A video is shown from its date on.
        site.MapVideos();
        var operators = content
            .MapGroup("/api/operator/sites/{site}")
            .WithMetadata(new BodySizeLimit(ArticleOperatorEndpoints.MaxBytes));
        operators.MapArticleEditing();
        operators.MapArticleVersions();
        operators.MapCategoryEditing();
        operators.MapVideoEditing();
        operators.MapLookupEditing();
        return routes.MapApiDocument(ContentDocument.Description);
    }

    /// <summary>
    /// Loads the seeds of content, after the tables; repeating it changes nothing. For a host that does so before it
    /// listens.
    /// </summary>
    public static Task SeedContentAsync(this IServiceProvider services, CancellationToken cancel = default) =>
        services.GetRequiredService<SeedContent>().LoadAsync(cancel);
}
