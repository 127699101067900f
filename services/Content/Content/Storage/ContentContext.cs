using Microsoft.EntityFrameworkCore;
using PortalServices.Content.AnnounceArticles;
using PortalServices.Content.Articles;
using PortalServices.Content.Lookups;
using PortalServices.Content.RememberViews;
using PortalServices.Content.Search;
using PortalServices.Content.Videos;
using PortalServices.Messaging.Outbox;

namespace PortalServices.Content.Storage;

/// <summary>
/// The tables of content, the same on both databases. What a search index needs besides is in the migrations.
/// </summary>
internal abstract class ContentContext(DbContextOptions options) : DbContext(options)
{
    public DbSet<Article> Articles => Set<Article>();

    public DbSet<ArticleSlug> Slugs => Set<ArticleSlug>();

    public DbSet<RetiredSlug> RetiredSlugs => Set<RetiredSlug>();

    public DbSet<ArticleVersion> ArticleVersions => Set<ArticleVersion>();

    public DbSet<ArticleViews> ArticleViews => Set<ArticleViews>();

    public DbSet<SiteRevision> SiteRevisions => Set<SiteRevision>();

    public DbSet<PageViews> PageViews => Set<PageViews>();

    public DbSet<SiteViews> SiteViews => Set<SiteViews>();

    public DbSet<Category> Categories => Set<Category>();

    public DbSet<Video> Videos => Set<Video>();

    public DbSet<LookupTable> LookupTables => Set<LookupTable>();

    public DbSet<LookupRow> LookupRows => Set<LookupRow>();

    public DbSet<SearchDocument> SearchDocuments => Set<SearchDocument>();

    public DbSet<AnnouncementTurn> AnnouncementTurns => Set<AnnouncementTurn>();

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        const int Site = 32,
            Slug = 120;
        modelBuilder.Entity<Article>(article =>
        {
            article.Property(a => a.Id).ValueGeneratedNever();
            article.Property(a => a.Site).HasMaxLength(Site);
            article.Property(a => a.Slug).HasMaxLength(Slug);
            article.Property(a => a.Title).HasMaxLength(Article.MaxTitle);
            article.Property(a => a.Summary).HasMaxLength(Article.MaxSummary);
            article.Property(a => a.Author).HasMaxLength(Article.MaxAuthor);
            article.Property(a => a.Category).HasMaxLength(Slug);
            article.Property(a => a.CoverImage).HasMaxLength(Article.MaxAddress);
            article.Property(a => a.CoverAlt).HasMaxLength(Article.MaxTitle);
            article.Property(a => a.ChangedBy).HasMaxLength(Article.MaxAuthor);
            article.Property(a => a.Version).IsConcurrencyToken();
            article
                .HasIndex(a => new
                {
                    a.Site,
                    a.State,
                    a.ListedAt,
                    a.Id,
                })
                .IsDescending(false, false, true, false);
            article
                .HasIndex(a => new
                {
                    a.Site,
                    a.ListedAt,
                    a.Id,
                })
                .IsDescending(false, true, false);
            article
                .HasIndex(a => new
                {
                    a.Site,
                    a.Category,
                    a.State,
                    a.ListedAt,
                    a.Id,
                })
                .IsDescending(false, false, false, true, false);
            article
                .HasIndex(a => new
                {
                    a.Site,
                    a.ChangedAt,
                    a.Id,
                })
                .IsDescending(false, true, false);
            article.HasIndex(a => new { a.State, a.PublishedAt });
        });
        modelBuilder.Entity<ArticleSlug>(slug =>
        {
            slug.HasKey(s => new { s.Site, s.Slug });
            slug.Property(s => s.Site).HasMaxLength(Site);
            slug.Property(s => s.Slug).HasMaxLength(Slug);
            slug.HasOne<Article>().WithMany().HasForeignKey(s => s.ArticleId).OnDelete(DeleteBehavior.Cascade);
        });
        modelBuilder.Entity<RetiredSlug>(slug =>
        {
            slug.HasKey(s => new { s.Site, s.Slug });
            slug.Property(s => s.Site).HasMaxLength(Site);
            slug.Property(s => s.Slug).HasMaxLength(Slug);
        });
        modelBuilder.Entity<ArticleVersion>(version =>
        {
            version.HasKey(v => new { v.ArticleId, v.Version });
            version.Property(v => v.ChangedBy).HasMaxLength(Article.MaxAuthor);
            version.Property(v => v.Slug).HasMaxLength(Slug);
            version.Property(v => v.Title).HasMaxLength(Article.MaxTitle);
            version.Property(v => v.Summary).HasMaxLength(Article.MaxSummary);
            version.Property(v => v.Author).HasMaxLength(Article.MaxAuthor);
            version.Property(v => v.Category).HasMaxLength(Slug);
            version.Property(v => v.CoverImage).HasMaxLength(Article.MaxAddress);
            version.Property(v => v.CoverAlt).HasMaxLength(Article.MaxTitle);
            version.HasOne<Article>().WithMany().HasForeignKey(v => v.ArticleId).OnDelete(DeleteBehavior.Cascade);
        });
        modelBuilder.Entity<ArticleViews>(views =>
        {
            views.HasKey(v => v.ArticleId);
            views.Property(v => v.ArticleId).ValueGeneratedNever();
            views.Property(v => v.Site).HasMaxLength(Site);
            views
                .HasIndex(v => new
                {
                    v.Site,
                    v.Views,
                    v.ListedAt,
                    v.ArticleId,
                })
                .IsDescending(false, true, true, false);
            views
                .HasOne<Article>()
                .WithOne()
                .HasForeignKey<ArticleViews>(v => v.ArticleId)
                .OnDelete(DeleteBehavior.Cascade);
        });
        modelBuilder.Entity<SiteRevision>(revision =>
        {
            revision.HasKey(r => r.Site);
            revision.Property(r => r.Site).HasMaxLength(Site);
            revision.Property(r => r.Tag).HasMaxLength(SiteRevision.TagLength);
        });
        modelBuilder.Entity<PageViews>(views =>
        {
            views.HasKey(v => new { v.Site, v.Slug });
            views.Property(v => v.Site).HasMaxLength(Site);
            views.Property(v => v.Slug).HasMaxLength(Slug);
        });
        modelBuilder.Entity<SiteViews>(views =>
        {
            views.HasKey(v => v.Site);
            views.Property(v => v.Site).HasMaxLength(Site);
        });
        modelBuilder.Entity<Category>(category =>
        {
            category.HasKey(c => new { c.Site, c.Slug });
            category.Property(c => c.Site).HasMaxLength(Site);
            category.Property(c => c.Slug).HasMaxLength(Slug);
            category.Property(c => c.Name).HasMaxLength(Category.MaxName);
        });
        modelBuilder.Entity<Video>(video =>
        {
            video.Property(v => v.Id).ValueGeneratedNever();
            video.Property(v => v.Site).HasMaxLength(Site);
            video.Property(v => v.Title).HasMaxLength(Article.MaxTitle);
            video.Property(v => v.Summary).HasMaxLength(Article.MaxSummary);
            video.Property(v => v.Url).HasMaxLength(Article.MaxAddress);
            video.Property(v => v.Thumbnail).HasMaxLength(Article.MaxAddress);
            video.Property(v => v.Version).IsConcurrencyToken();
            video.HasIndex(v => new { v.Site, v.PublishedAt });
        });
        modelBuilder.Entity<LookupTable>(table =>
        {
            table.Property(t => t.Id).ValueGeneratedNever();
            table.Property(t => t.Site).HasMaxLength(Site);
            table.Property(t => t.Slug).HasMaxLength(Slug);
            table.Property(t => t.Title).HasMaxLength(Article.MaxTitle);
            table.Property(t => t.Summary).HasMaxLength(Article.MaxSummary);
            table.Property(t => t.Version).IsConcurrencyToken();
            table.HasIndex(t => new { t.Site, t.Slug }).IsUnique();
        });
        modelBuilder.Entity<LookupRow>(row =>
        {
            row.Property(r => r.Id).ValueGeneratedNever();
            row.HasIndex(r => new { r.TableId, r.Place }).IsUnique();
            row.HasOne<LookupTable>().WithMany().HasForeignKey(r => r.TableId).OnDelete(DeleteBehavior.Cascade);
        });
        modelBuilder.Entity<SearchDocument>(document =>
        {
            document.Property(d => d.Site).HasMaxLength(Site);
            document.Property(d => d.Scope).HasMaxLength(36);
            document.HasIndex(d => d.Subject).IsUnique();
            document.HasIndex(d => new { d.TextVersion, d.Id });
        });
        modelBuilder.Entity<AnnouncementTurn>(turn =>
        {
            turn.HasKey(t => t.Site);
            turn.Property(t => t.Site).HasMaxLength(Site);
        });
        modelBuilder.AddMessagingTables();
    }
}

/// <summary>On SQLite; its migrations are in Storage/Migrations/Sqlite.</summary>
internal sealed class SqliteContentContext(DbContextOptions<SqliteContentContext> options) : ContentContext(options)
{
    private static readonly JoinOrder JoinOrder = new();

    protected override void OnConfiguring(DbContextOptionsBuilder optionsBuilder) =>
        optionsBuilder.AddInterceptors(JoinOrder);
}

/// <summary>On PostgreSQL; its migrations are in Storage/Migrations/PostgreSql.</summary>
internal sealed class PostgreSqlContentContext(DbContextOptions<PostgreSqlContentContext> options)
    : ContentContext(options);
