using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace PortalServices.Database.Tests;

/// <summary>Tables are brought up to date at the start, by whoever comes first.</summary>
public sealed class MigrationTests(Databases databases)
{
    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.PostgreSql)]
    public async Task Of_several_replicas_that_start_at_once_each_finds_every_migration_applied_once(DatabaseKind kind)
    {
        var database = await databases.CreateAsync(kind);
        var replicas = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => ThingApp.StartAsync(database)));
        try
        {
            foreach (var (n, replica) in replicas.Index())
            {
                Assert.Equal(["first", "second"], await AppliedAsync(replica));
                Assert.Equal(201, (await replica.AddAsync($"thing-{n}")).Status);
                Assert.Empty(replica.Journal.Entries);
            }
        }
        finally
        {
            foreach (var replica in replicas)
                await replica.DisposeAsync();
        }
    }

    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.PostgreSql)]
    public async Task A_later_start_changes_nothing(DatabaseKind kind)
    {
        var database = await databases.CreateAsync(kind);
        await using (var first = await ThingApp.StartAsync(database))
            await first.AddAsync("kept");
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
            await (await ThingApp.StartAsync($"Data Source={file}")).DisposeAsync();
        await using (var killed = new SqliteConnection($"Data Source={file};Pooling=False"))
        {
            await killed.OpenAsync(Cancel);
            await using var taken = killed.CreateCommand();
            taken.CommandText =
                """
                CREATE TABLE IF NOT EXISTS "__EFMigrationsLock" ("Id" INTEGER NOT NULL CONSTRAINT "PK___EFMigrationsLock" PRIMARY KEY, "Timestamp" TEXT NOT NULL);
                INSERT INTO "__EFMigrationsLock" VALUES (1, '2026-01-01 00:00:00+00:00');
                """;
            await taken.ExecuteNonQueryAsync(Cancel);
        }

        await using var next = await ThingApp.StartAsync($"Data Source={file}");
        Assert.Equal(["first", "second"], await AppliedAsync(next));
    }

    static Task<List<string>> AppliedAsync(ThingApp app) =>
        app.WithDatabaseAsync(database => database.Database.SqlQuery<string>($"""SELECT "Migration" AS "Value" FROM "Applied" """).OrderBy(each => each).ToListAsync(Cancel));
}
