using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using PortalServices.Testing;

namespace PortalServices.Database.Tests;

/// <summary>That a disk is full is seen wherever the database says so.</summary>
public sealed class DatabaseWritesTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_change_that_is_refused_is_seen_with_and_without_a_transaction_and_one_that_is_taken_ends_it(
        bool inTransaction
    )
    {
        using var folder = new TemporaryDirectory();
        var writes = new DatabaseWrites<FullContext>();
        await using var database = new FullContext(
            new DbContextOptionsBuilder<FullContext>()
                .UseSqlite($"Data Source={folder.File("full.db")};Pooling=False")
                .AddInterceptors(writes)
                .Options
        );
        await database.Database.OpenConnectionAsync(Cancel);
        await database.Database.EnsureCreatedAsync(Cancel);
        await WriteAsync(10);
        Assert.Null(writes.Refusal);

        // As many pages as it has, and no more.
        await database.Database.ExecuteSqlRawAsync("PRAGMA max_page_count = 4", Cancel);
        Assert.Equal(
            13,
            (await Assert.ThrowsAnyAsync<Exception>(() => WriteAsync(100_000))).GetBaseException()
                is SqliteException full
                ? full.SqliteErrorCode
                : 0
        );
        Assert.Equal("its disk is full", writes.Refusal);

        await database.Database.ExecuteSqlRawAsync("PRAGMA max_page_count = 10000", Cancel);
        database.ChangeTracker.Clear();
        await WriteAsync(100_000);
        Assert.Null(writes.Refusal);

        async Task WriteAsync(int length)
        {
            await using var transaction = inTransaction ? await database.Database.BeginTransactionAsync(Cancel) : null;
            database.Add(new Row { Text = new string('x', length) });
            await database.SaveChangesAsync(Cancel);
            if (transaction is not null)
            {
                await transaction.CommitAsync(Cancel);
            }
        }
    }

    [Fact]
    public void What_the_end_of_a_transaction_says_is_seen_and_no_change_within_it_ends_it()
    {
        using var folder = new TemporaryDirectory();
        var writes = new DatabaseWrites<FullContext>();
        using var database = new FullContext(
            new DbContextOptionsBuilder<FullContext>()
                .UseSqlite($"Data Source={folder.File("full.db")};Pooling=False")
                .AddInterceptors(writes)
                .Options
        );
        database.Database.EnsureCreated();
        using (var transaction = database.Database.BeginTransaction())
        {
            writes.Failed(new SqliteException("database or disk is full", 13));
            database.Add(new Row { Text = "x" });
            database.SaveChanges();
            Assert.Equal("its disk is full", writes.Refusal);
            transaction.Commit();
        }

        Assert.Null(writes.Refusal);
    }

    private sealed class FullContext(DbContextOptions<FullContext> options) : DbContext(options)
    {
        public DbSet<Row> Rows => Set<Row>();
    }

    private sealed class Row
    {
        public int Id { get; init; }

        public required string Text { get; init; }
    }
}
