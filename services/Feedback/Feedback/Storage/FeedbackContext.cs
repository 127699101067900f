using Microsoft.AspNetCore.DataProtection.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore;
using PortalServices.Feedback.Mail;
using PortalServices.Feedback.Submit;

namespace PortalServices.Feedback.Storage;

/// <summary>The tables of feedback, the same on both databases.</summary>
internal abstract class FeedbackContext(DbContextOptions options) : DbContext(options), IDataProtectionKeyContext
{
    public DbSet<FeedbackEntry> Entries => Set<FeedbackEntry>();

    public DbSet<FeedbackStep> Steps => Set<FeedbackStep>();

    public DbSet<UsedCaptcha> UsedCaptchas => Set<UsedCaptcha>();

    public DbSet<StoredCaptchaKey> CaptchaKeys => Set<StoredCaptchaKey>();

    public DbSet<WaitingMail> Mails => Set<WaitingMail>();

    public DbSet<DataProtectionKey> DataProtectionKeys => Set<DataProtectionKey>();

    /// <summary>Whether a site has this feedback.</summary>
    public Task<bool> HasEntryAsync(string site, Guid id, CancellationToken cancel) =>
        Entries.AnyAsync(entry => entry.Site == site && entry.Id == id, cancel);

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        const int Site = 32,
            By = 200;
        const string IsAssigned = "\"AssignedTo\" IS NOT NULL",
            HasCategory = "\"Category\" IS NOT NULL";
        modelBuilder.Entity<FeedbackEntry>(entry =>
        {
            entry.ToTable("Feedback");
            entry.Property(e => e.Id).ValueGeneratedNever();
            entry.Property(e => e.Site).HasMaxLength(Site);
            entry.Property(e => e.Receipt).HasMaxLength(ReceiptCode.Length);
            entry.Property(e => e.IdempotencyKey).HasMaxLength(IdempotencyKey.MaxCharacters);
            entry.Property(e => e.Fingerprint).HasMaxLength(64);
            entry.Property(e => e.Language).HasMaxLength(2);
            entry.Property(e => e.FullName).HasMaxLength(FeedbackEntry.MaxName);
            entry.Property(e => e.Title).HasMaxLength(FeedbackEntry.MaxTitle);
            entry.Property(e => e.Content).HasMaxLength(FeedbackEntry.MaxContent);
            entry.Property(e => e.Email).HasMaxLength(FeedbackEntry.MaxEmail);
            entry.Property(e => e.Recipient).HasMaxLength(FeedbackEntry.MaxEmail);
            entry.Property(e => e.Phone).HasMaxLength(FeedbackEntry.MaxPhone);
            entry.Property(e => e.Page).HasMaxLength(FeedbackEntry.MaxPage);
            entry.Property(e => e.Category).HasMaxLength(FeedbackEntry.MaxCategory);
            entry.Property(e => e.AssignedTo).HasMaxLength(By);
            entry.Property(e => e.Answer).HasMaxLength(FeedbackEntry.MaxAnswer);
            entry.Property(e => e.DeclineReason).HasMaxLength(FeedbackEntry.MaxReason);
            entry.Property(e => e.PublicTitle).HasMaxLength(FeedbackEntry.MaxTitle);
            entry.Property(e => e.PublicContent).HasMaxLength(FeedbackEntry.MaxContent);
            entry.Property(e => e.PublicAnswer).HasMaxLength(FeedbackEntry.MaxAnswer);
            entry.Property(e => e.Version).IsConcurrencyToken();
            entry.HasIndex(e => e.Receipt).IsUnique();
            entry.HasIndex(e => new { e.Site, e.IdempotencyKey }).IsUnique();
            // One for each order of the lists, with the filters that it goes with before it, so that every part of a
            // list is read from where it begins.
            bool[] latest = [true, true];
            entry.HasIndex(e => new
            {
                e.Site,
                e.ReceivedAt,
                e.Id,
            });
            entry
                .HasIndex(e => new
                {
                    e.Site,
                    e.Urgency,
                    e.ReceivedAt,
                    e.Id,
                })
                .IsDescending([false, false, .. latest]);
            entry.HasIndex(e => new
            {
                e.Site,
                e.Status,
                e.ReceivedAt,
                e.Id,
                e.Urgency,
            });
            entry
                .HasIndex(e => new
                {
                    e.Site,
                    e.Status,
                    e.Urgency,
                    e.ReceivedAt,
                    e.Id,
                })
                .IsDescending([false, false, false, .. latest]);
            entry
                .HasIndex(e => new
                {
                    e.Site,
                    e.AssignedTo,
                    e.Status,
                    e.ReceivedAt,
                    e.Id,
                    e.Urgency,
                })
                .HasFilter(IsAssigned);
            entry
                .HasIndex(e => new
                {
                    e.Site,
                    e.AssignedTo,
                    e.Status,
                    e.Urgency,
                    e.ReceivedAt,
                    e.Id,
                })
                .IsDescending([false, false, false, false, .. latest])
                .HasFilter(IsAssigned);
            entry
                .HasIndex(e => new
                {
                    e.Site,
                    e.Category,
                    e.Status,
                    e.ReceivedAt,
                    e.Id,
                    e.Urgency,
                })
                .HasFilter(HasCategory);
            entry
                .HasIndex(e => new
                {
                    e.Site,
                    e.Category,
                    e.Status,
                    e.Urgency,
                    e.ReceivedAt,
                    e.Id,
                })
                .IsDescending([false, false, false, false, .. latest])
                .HasFilter(HasCategory);
            entry
                .HasIndex(e => new
                {
                    e.Site,
                    e.Category,
                    e.Status,
                    e.PublishedAt,
                    e.Id,
                })
                .HasFilter(HasCategory);
            entry.HasIndex(e => new
            {
                e.Site,
                e.Status,
                e.PublishedAt,
                e.Id,
            });
            entry.HasIndex(e => new { e.Recipient, e.ReceivedAt });
            // What is not ready for search yet. The index of words itself is made by the migrations, which say in their
            // WordIndex how.
            entry
                .HasIndex(e => e.Site)
                .HasFilter("\"WordHashes\" IS NULL")
                .HasDatabaseName("IX_Feedback_WithoutWordHashes");
        });
        modelBuilder.Entity<FeedbackStep>(step =>
        {
            step.ToTable("FeedbackSteps");
            step.Property(s => s.Id).ValueGeneratedNever();
            step.Property(s => s.Site).HasMaxLength(Site);
            step.Property(s => s.By).HasMaxLength(By);
            step.HasIndex(s => new
            {
                s.FeedbackId,
                s.At,
                s.Id,
            });
            step.HasIndex(s => new
            {
                s.Site,
                s.At,
                s.Id,
            });
            step.HasOne<FeedbackEntry>().WithMany().HasForeignKey(s => s.FeedbackId).OnDelete(DeleteBehavior.Cascade);
        });
        modelBuilder.Entity<UsedCaptcha>(used =>
        {
            used.HasKey(u => u.Challenge);
            used.Property(u => u.Challenge).HasMaxLength(64);
            used.Property(u => u.Site).HasMaxLength(Site);
            used.Property(u => u.Address).HasMaxLength(CaptchaSecret.HashLength);
            used.HasIndex(u => u.ExpiresAt);
            used.HasIndex(u => new { u.Address, u.UsedAt });
            used.HasIndex(u => new { u.Site, u.UsedAt });
            used.HasIndex(u => new { u.Address, u.Turn }).IsUnique();
        });
        modelBuilder.Entity<StoredCaptchaKey>(key =>
        {
            key.ToTable("CaptchaKeys");
            key.Property(k => k.Id).ValueGeneratedNever();
            key.Property(k => k.Value).HasMaxLength(500);
        });
        modelBuilder.Entity<WaitingMail>(mail =>
        {
            mail.ToTable("Mails");
            mail.Property(m => m.Id).ValueGeneratedNever();
            mail.Property(m => m.Failure).HasMaxLength(500);
            mail.Property(m => m.To).HasMaxLength(FeedbackEntry.MaxEmail);
            mail.Property(m => m.TraceParent).HasMaxLength(100);
            mail.HasIndex(m => new
                {
                    m.FeedbackId,
                    m.Kind,
                    m.Of,
                    m.To,
                })
                .IsUnique();
            mail.HasIndex(m => new { m.DoneAt, m.DueAt });
            mail.HasOne<FeedbackEntry>().WithMany().HasForeignKey(m => m.FeedbackId).OnDelete(DeleteBehavior.Cascade);
        });
        modelBuilder.AddMessagingTables();
    }
}

/// <summary>On SQLite; its migrations are in Storage/Migrations/Sqlite.</summary>
internal sealed class SqliteFeedbackContext(DbContextOptions<SqliteFeedbackContext> options) : FeedbackContext(options);

/// <summary>On PostgreSQL; its migrations are in Storage/Migrations/PostgreSql.</summary>
internal sealed class PostgreSqlFeedbackContext(DbContextOptions<PostgreSqlFeedbackContext> options)
    : FeedbackContext(options);
