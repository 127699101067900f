using Microsoft.EntityFrameworkCore;
using PortalServices.Content.AnnounceArticles;
using PortalServices.Content.Articles;
using PortalServices.Content.Lookups;
using PortalServices.Content.RateArticles;
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

    public DbSet<ArticleRating> ArticleRatings => Set<ArticleRating>();

    public DbSet<RatingWords> RatingWords => Set<RatingWords>();

    public DbSet<RatingDay> RatingDays => Set<RatingDay>();

    public DbSet<ArticleRater> ArticleRaters => Set<ArticleRater>();

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<Article>(article =>
        {
            article.Property(a => a.Id).ValueGeneratedNever();
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
            slug.HasOne<Article>().WithMany().HasForeignKey(s => s.ArticleId);
        });
        modelBuilder.Entity<RetiredSlug>().HasKey(s => new { s.Site, s.Slug });
        modelBuilder.Entity<ArticleVersion>(version =>
        {
            version.HasKey(v => new { v.ArticleId, v.Version });
            version.HasOne<Article>().WithMany().HasForeignKey(v => v.ArticleId);
        });
        modelBuilder.Entity<ArticleViews>(views =>
        {
            views.HasKey(v => v.ArticleId);
            views.Property(v => v.ArticleId).ValueGeneratedNever();
            views
                .HasIndex(v => new
                {
                    v.Site,
                    v.Views,
                    v.ListedAt,
                    v.ArticleId,
                })
                .IsDescending(false, true, true, false);
            views.HasOne<Article>().WithOne().HasForeignKey<ArticleViews>(v => v.ArticleId);
        });
        modelBuilder.Entity<SiteRevision>(revision =>
        {
            revision.HasKey(r => r.Site);
            revision.Property(r => r.Tag).HasMaxLength(SiteRevision.TagLength);
        });
        modelBuilder.Entity<PageViews>().HasKey(v => new { v.Site, v.Slug });
        modelBuilder.Entity<SiteViews>().HasKey(v => v.Site);
        modelBuilder.Entity<Category>(category =>
        {
            category.HasKey(c => new { c.Site, c.Slug });
            category.Property(c => c.Name).HasMaxLength(Category.MaxName);
        });
        modelBuilder.Entity<Video>(video =>
        {
            video.Property(v => v.Id).ValueGeneratedNever();
            video.Property(v => v.Version).IsConcurrencyToken();
            video.HasIndex(v => new { v.Site, v.PublishedAt });
        });
        modelBuilder.Entity<LookupTable>(table =>
        {
            table.Property(t => t.Id).ValueGeneratedNever();
            table.Property(t => t.Version).IsConcurrencyToken();
            table.HasIndex(t => new { t.Site, t.Slug }).IsUnique();
        });
        modelBuilder.Entity<LookupRow>(row =>
        {
            row.Property(r => r.Id).ValueGeneratedNever();
            row.HasIndex(r => new { r.TableId, r.Place }).IsUnique();
            row.HasOne<LookupTable>().WithMany().HasForeignKey(r => r.TableId);
        });
        modelBuilder.Entity<SearchDocument>(document =>
        {
            document.Property(d => d.Scope).HasMaxLength(36);
            document.HasIndex(d => d.Subject).IsUnique();
            document.HasIndex(d => new { d.TextVersion, d.Id });
        });
        modelBuilder.Entity<AnnouncementTurn>().HasKey(t => t.Site);
        modelBuilder.Entity<ArticleRating>(rating =>
        {
            rating.HasKey(r => r.ArticleId);
            rating.Property(r => r.ArticleId).ValueGeneratedNever();
            rating
                .HasIndex(r => new
                {
                    r.Site,
                    r.NotHelpful,
                    r.ArticleId,
                })
                .IsDescending(false, true, false);
            rating.HasOne<Article>().WithOne().HasForeignKey<ArticleRating>(r => r.ArticleId);
        });
        modelBuilder.Entity<RatingWords>(words =>
        {
            words.Property(w => w.Id).ValueGeneratedNever();
            words.Property(w => w.Text).HasMaxLength(RateArticles.RatingWords.MaxText);
            words
                .HasIndex(w => new
                {
                    w.ArticleId,
                    w.At,
                    w.Id,
                })
                .IsDescending(false, true, false);
            words.HasIndex(w => w.At);
            words.HasOne<Article>().WithMany().HasForeignKey(w => w.ArticleId);
        });
        modelBuilder.Entity<RatingDay>().HasKey(d => new { d.Site, d.Day });
        modelBuilder.Entity<ArticleRater>(rater =>
        {
            rater.HasKey(r => new
            {
                r.Site,
                r.Day,
                r.Visitor,
            });
            rater.Property(r => r.Visitor).HasMaxLength(32);
        });
        foreach (var property in modelBuilder.Model.GetEntityTypes().SelectMany(entity => entity.GetProperties()))
        {
            if (MaxLengthOf(property.Name) is { } length)
            {
                property.SetMaxLength(length);
            }
        }
        modelBuilder.AddMessagingTables();
    }

    // Columns of one name are of one length in all tables.
    private static int? MaxLengthOf(string column) =>
        column switch
        {
            nameof(Article.Site) => 32,
            nameof(Article.Slug) or nameof(Article.Category) => 120,
            nameof(Article.Title) or nameof(Article.CoverAlt) => Article.MaxTitle,
            nameof(Article.Summary) => Article.MaxSummary,
            nameof(Article.Author) or nameof(Article.ChangedBy) => Article.MaxAuthor,
            nameof(Article.CoverImage) or nameof(Video.Thumbnail) or nameof(Video.Url) => Article.MaxAddress,
            _ => null,
        };
}

/// <summary>On SQLite; its migrations are in Storage/Migrations/Sqlite.</summary>
internal sealed class SqliteContentContext(DbContextOptions<SqliteContentContext> options) : ContentContext(options)
{
    private static readonly JoinOrderInterceptor JoinOrder = new();

    protected override void OnConfiguring(DbContextOptionsBuilder optionsBuilder) =>
        optionsBuilder.AddInterceptors(JoinOrder);
}

/// <summary>On PostgreSQL; its migrations are in Storage/Migrations/PostgreSql.</summary>
internal sealed class PostgreSqlContentContext(DbContextOptions<PostgreSqlContentContext> options)
    : ContentContext(options);
