using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using PortalServices.Testing;

namespace PortalServices.Database.Tests;

/// <summary>Tables are brought up to date at the start, by whoever comes first.</summary>
public sealed class MigrationTests(TestDatabases databases)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.PostgreSql)]
    public async Task Of_several_replicas_that_start_at_once_each_finds_every_migration_applied_once(DatabaseKind kind)
    {
        // Several times, because they must meet within a few milliseconds.
        for (var time = 0; time < 2; time++)
        {
            var database = await databases.CreateAsync(kind);
            var replicas = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => ThingApp.StartAsync(database)));
            foreach (var (n, replica) in replicas.Index())
            {
                await using (replica)
                {
                    Assert.Equal(["first", "second"], await AppliedAsync(replica));
                    Assert.Equal(201, (await replica.AddAsync($"thing-{n}")).Status);
                    Assert.Empty(replica.Journal.Entries);
                }
            }
        }
    }

    [Fact]
    public async Task Who_comes_second_answers_that_it_is_not_ready_until_the_first_is_through_on_PostgreSQL()
    {
        var database = await databases.CreateAsync(DatabaseKind.PostgreSql);
        // As the first does in its transaction.
        await using var first = new NpgsqlConnection(database + ";Pooling=false");
        await first.OpenAsync(Cancel);
        await using var transaction = await first.BeginTransactionAsync(Cancel);
        await using var make = new NpgsqlCommand("""CREATE TABLE "__EFMigrationsHistory" ()""", first, transaction);
        await make.ExecuteNonQueryAsync(Cancel);
        await AssertWaitsAsync(database, () => transaction.RollbackAsync(Cancel));
    }

    [Fact]
    public async Task Who_comes_second_answers_that_it_is_not_ready_until_the_first_is_through_on_SQLite()
    {
        var file = databases.NewFile();
        var first = new FileStream(file + ".migrating", FileMode.Create, FileAccess.ReadWrite, FileShare.None);
        await AssertWaitsAsync($"Data Source={file}", () => first.DisposeAsync().AsTask());
    }

    [Fact]
    public void A_file_system_that_is_read_only_is_not_waited_for_as_for_another_process()
    {
        var file = databases.NewFile();
        using var first = new FileStream(file, FileMode.Create, FileAccess.ReadWrite, FileShare.None);
        Assert.True(
            MigrationLock.IsHeld(
                Assert.Throws<IOException>(() =>
                    new FileStream(file, FileMode.Open, FileAccess.ReadWrite, FileShare.None)
                )
            )
        );
        // As the runtime reports EROFS, seen on a mounted one.
        Assert.False(MigrationLock.IsHeld(new IOException("Read-only file system", 30)));
    }

    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.PostgreSql)]
    public async Task A_later_start_changes_nothing(DatabaseKind kind)
    {
        var database = await databases.CreateAsync(kind);
        await using (var first = await ThingApp.StartAsync(database))
        {
            await first.AddAsync("kept");
        }
        await using var second = await ThingApp.StartAsync(database);
        Assert.Equal("kept", (await second.ReadAsync()).Body);
        Assert.Equal(["first", "second"], await AppliedAsync(second));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_lock_that_a_killed_process_left_in_a_file_holds_up_nobody(bool tablesAreThere)
    {
        var file = databases.NewFile();
        if (tablesAreThere)
        {
            await (await ThingApp.StartAsync($"Data Source={file}")).DisposeAsync();
        }
        await using (var killed = new SqliteConnection($"Data Source={file};Pooling=False"))
        {
            await killed.OpenAsync(Cancel);
            await using var taken = killed.CreateCommand();
            taken.CommandText = """
                CREATE TABLE IF NOT EXISTS "__EFMigrationsLock" ("Id" INTEGER NOT NULL CONSTRAINT "PK___EFMigrationsLock" PRIMARY KEY, "Timestamp" TEXT NOT NULL);
                INSERT INTO "__EFMigrationsLock" VALUES (1, '2026-01-01 00:00:00+00:00');
                """;
            await taken.ExecuteNonQueryAsync(Cancel);
        }

        await using var next = await ThingApp.StartAsync($"Data Source={file}");
        Assert.Equal(["first", "second"], await AppliedAsync(next));
    }

    private static async Task AssertWaitsAsync(string database, Func<Task> release)
    {
        await using var second = await ThingApp.StartAloneAsync(database);
        (await second.ReadAsync()).IsAway();
        Assert.Equal((503, "unhealthy"), await second.ReadyAsync());
        await release();
        await Eventually.HoldsAsync(() => second.IsDone, "it has its tables", Cancel);
        Assert.Equal((200, "healthy"), await second.ReadyAsync());
        Assert.Equal(200, (await second.ReadAsync()).Status);
    }

    private static Task<List<string>> AppliedAsync(ThingApp app) =>
        app.WithDatabaseAsync(database =>
            database
                .Database.SqlQuery<string>($"""SELECT "Migration" AS "Value" FROM "Applied" """)
                .OrderBy(each => each)
                .ToListAsync(Cancel)
        );
}
