using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Npgsql;

namespace PortalServices.Database;

/// <summary>
/// Lets one process at a time change the tables. Both locks end with the process that holds them, however that ends: an
/// advisory lock of PostgreSQL, a locked file beside the one of SQLite.
/// </summary>
internal static class MigrationLock
{
    // Any number that nobody else uses for a lock of the same database.
    private const long Key = 0x506F7274616C5331;
    private static readonly TimeSpan Beat = TimeSpan.FromMilliseconds(50);

    public static async Task<IAsyncDisposable> TakeAsync(DatabaseFacade database, CancellationToken cancel) =>
        database.IsNpgsql()
            ? await TakeAsync(database.GetConnectionString()!, cancel)
            : await TakeFileAsync(database, cancel);

    private static async Task<IAsyncDisposable> TakeAsync(string connectionString, CancellationToken cancel)
    {
        // A connection of its own, and no pooled one: the lock is the session's. The wait may be as long as another
        // replica's migration takes.
        var own = new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false, CommandTimeout = 0 };
        var connection = new NpgsqlConnection(own.ConnectionString);
        try
        {
            await connection.OpenAsync(cancel);
            await using var command = new NpgsqlCommand("SELECT pg_advisory_lock(@key)", connection);
            command.Parameters.AddWithValue("key", Key);
            await command.ExecuteNonQueryAsync(cancel);
            return connection;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    private static async Task<IAsyncDisposable> TakeFileAsync(DatabaseFacade database, CancellationToken cancel)
    {
        var file = await LockAsync(
            new SqliteConnectionStringBuilder(database.GetConnectionString()).DataSource + ".migrating",
            cancel
        );
        try
        {
            // Readers go on beside a writer; kept in the file.
            await database.ExecuteSqlRawAsync("PRAGMA journal_mode = WAL", cancel);
            // The lock of EF is a row, which a killed process leaves behind and everybody after it waits for.
            await database.ExecuteSqlRawAsync("""DROP TABLE IF EXISTS "__EFMigrationsLock" """, cancel);
            return file;
        }
        catch
        {
            await file.DisposeAsync();
            throw;
        }
    }

    // EROFS of Linux.
    private const int ReadOnlyFileSystem = 30;

    /// <summary>Whether somebody holds the file, and will let it go; not for a file that nobody can write to.</summary>
    internal static bool IsHeld(IOException failure) => failure.HResult != ReadOnlyFileSystem;

    private static async Task<FileStream> LockAsync(string path, CancellationToken cancel)
    {
        while (true)
        {
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException held) when (File.Exists(path) && IsHeld(held))
            {
                // Another process holds it, whose clock is that of the machine.
                await Task.Delay(Beat, TimeProvider.System, cancel);
            }
        }
    }
}
