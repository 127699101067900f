using System.Globalization;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace PortalServices.Database.Tests;

/// <summary>What SQLite has acknowledged is on disk, whichever connection of the pool it came over.</summary>
public sealed class SqliteSettingTests(TestDatabases databases)
{
    private const int Connections = 8;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("")]
    [InlineData(";Pooling=False")]
    public async Task Every_connection_writes_ahead_syncs_each_commit_holds_to_foreign_keys_and_overwrites_what_it_deletes(
        string more
    )
    {
        await using var app = await ThingApp.StartAsync($"Data Source={databases.NewFile()}{more}");
        // At once, so that each has a connection of its own, and once more with those that lie in the pool.
        for (var round = 0; round < 2; round++)
        {
            var everybody = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            var ready = 0;
            await Task.WhenAll(
                Enumerable
                    .Range(0, Connections)
                    .Select(_ =>
                        app.WithDatabaseAsync(async database =>
                        {
                            await database.Database.OpenConnectionAsync(Cancel);
                            if (Interlocked.Increment(ref ready) == Connections)
                            {
                                everybody.SetResult();
                            }
                            await everybody.Task.WaitAsync(Cancel);
                            // 2 is FULL: https://www.sqlite.org/pragma.html#pragma_synchronous
                            Assert.Equal(
                                ("wal", "2", "1", "1"),
                                (
                                    await AskAsync(database, "journal_mode"),
                                    await AskAsync(database, "synchronous"),
                                    await AskAsync(database, "foreign_keys"),
                                    await AskAsync(database, "secure_delete")
                                )
                            );
                            // Whatever somebody does to a connection ends with its use.
                            await database.Database.ExecuteSqlRawAsync(
                                "PRAGMA synchronous = OFF; PRAGMA foreign_keys = OFF; PRAGMA secure_delete = OFF",
                                Cancel
                            );
                            return 0;
                        })
                    )
            );
        }
    }

    [Fact]
    public async Task What_belongs_to_nothing_is_refused()
    {
        await using var app = await ThingApp.StartAsync($"Data Source={databases.NewFile()}");
        var refused = await Assert.ThrowsAsync<DbUpdateException>(() =>
            app.WithDatabaseAsync(database =>
            {
                database.Add(new Part("wheel", Of: "nothing"));
                return database.SaveChangesAsync(Cancel);
            })
        );
        Assert.Equal(787, Assert.IsType<SqliteException>(refused.InnerException).SqliteExtendedErrorCode);
    }

    private static async Task<string?> AskAsync(ThingContext database, string pragma)
    {
        await using var command = database.Database.GetDbConnection().CreateCommand();
        command.CommandText = $"PRAGMA {pragma}";
        return Convert.ToString(await command.ExecuteScalarAsync(Cancel), CultureInfo.InvariantCulture);
    }
}
