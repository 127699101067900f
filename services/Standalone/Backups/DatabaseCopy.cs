using System.Data.Common;
using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.Data.Sqlite;

namespace PortalServices.Standalone.Backups;

/// <summary>
/// An SQLite database as it is at one moment: first nobody else may write to it, then a transaction that reads sees it
/// as it was, while others go on.
/// </summary>
internal sealed class DatabaseCopy : IAsyncDisposable
{
    private const int SqliteBusy = 5;
    private readonly SqliteConnection _writer,
        _reader;
    private bool _isHeld;

    private DatabaseCopy(SqliteConnection writer, SqliteConnection reader) => (_writer, _reader) = (writer, reader);

    /// <summary>What the database holds at that moment.</summary>
    public DbConnection Database => _reader;

    /// <summary>Opens a database, which is there.</summary>
    public static async Task<DatabaseCopy> OpenAsync(string connection, CancellationToken cancel)
    {
        var settings = new SqliteConnectionStringBuilder(connection)
        {
            Pooling = false,
            Mode = SqliteOpenMode.ReadWrite,
            // Somebody who writes for longer is waited for again, with nothing held meanwhile.
            DefaultTimeout = 1,
        };
        var copy = new DatabaseCopy(
            new SqliteConnection(settings.ToString()),
            new SqliteConnection(settings.ToString())
        );
        try
        {
            await copy._writer.OpenAsync(cancel);
            await copy._reader.OpenAsync(cancel);
            return copy;
        }
        catch
        {
            await copy.DisposeAsync();
            throw;
        }
    }

    /// <summary>From now on nobody else writes to it. False where somebody is writing for a second.</summary>
    public bool TryHoldWrites()
    {
        try
        {
            Run(_writer, "BEGIN IMMEDIATE");
            return _isHeld = true;
        }
        catch (SqliteException busy) when (busy.SqliteErrorCode == SqliteBusy)
        {
            return false;
        }
    }

    /// <summary>From now on <see cref="Database"/> sees it as it is now.</summary>
    public void BeginReading()
    {
        Run(_reader, "BEGIN");
        // The transaction sees what is there when it reads first.
        Run(_reader, "SELECT COUNT(*) FROM sqlite_master");
    }

    /// <summary>Others may write again.</summary>
    public void ReleaseWrites()
    {
        if (_isHeld)
        {
            Run(_writer, "ROLLBACK");
            _isHeld = false;
        }
    }

    /// <summary>How large the database is.</summary>
    public long Bytes => Number(_reader, "PRAGMA page_count") * Number(_reader, "PRAGMA page_size");

    /// <summary>
    /// Writes what the transaction sees into a new file. It is built anew, so that nothing is in it that was erased
    /// before: neither in free pages nor beside what is left in a page, and it has no log.
    /// </summary>
    /// <exception cref="StartupException">The copy is not whole: the database is damaged.</exception>
    public void Write(string path)
    {
        var pages = path + ".pages";
        using (var copy = Open(pages, SqliteOpenMode.ReadWriteCreate))
        {
            _reader.BackupDatabase(copy);
            Run(copy, "PRAGMA journal_mode = OFF");
            Run(copy, "VACUUM INTO $path", ("$path", path));
        }
        File.Delete(pages);
        using (var database = Open(path, SqliteOpenMode.ReadWrite))
        {
            Run(database, "PRAGMA journal_mode = DELETE");
        }
        Check(BackupCommand.Name, path);
        DurableFiles.Flush(path);
    }

    /// <summary>Looks through a database that nobody uses.</summary>
    /// <exception cref="StartupException">It is damaged.</exception>
    public static void Check(string command, string path)
    {
        string? said;
        try
        {
            using var database = OpenToRead(path);
            using var look = database.CreateCommand();
            look.CommandText = "PRAGMA integrity_check(1)";
            said = look.ExecuteScalar() as string;
        }
        catch (SqliteException unreadable)
        {
            said = unreadable.Message;
        }
        if (said != "ok")
        {
            throw new StartupException(
                $"{command}: {Path.GetFileName(path)} is damaged: {said?.ReplaceLineEndings(" ")}"
            );
        }
    }

    /// <summary>Opens a database that nobody uses.</summary>
    public static SqliteConnection OpenToRead(string path) => Open(path, SqliteOpenMode.ReadOnly);

    /// <summary>How many rows each table has.</summary>
    public static JsonObject CountRows(DbConnection database)
    {
        using var command = database.CreateCommand();
        command.CommandText = """
            SELECT name FROM sqlite_master
            WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND sql NOT LIKE 'CREATE VIRTUAL %' ORDER BY name
            """;
        List<string> tables = [];
        using (var names = command.ExecuteReader())
        {
            while (names.Read())
            {
                tables.Add(names.GetString(0));
            }
        }
        var rows = new JsonObject();
        foreach (var table in tables)
        {
            command.CommandText = $"SELECT COUNT(*) FROM \"{table.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
            rows[table] = Convert.ToInt64(command.ExecuteScalar(), CultureInfo.InvariantCulture);
        }
        return rows;
    }

    public async ValueTask DisposeAsync()
    {
        // What they hold goes with them.
        await _reader.DisposeAsync();
        await _writer.DisposeAsync();
    }

    private static SqliteConnection Open(string path, SqliteOpenMode mode)
    {
        var connection = new SqliteConnection(
            new SqliteConnectionStringBuilder
            {
                DataSource = path,
                Mode = mode,
                Pooling = false,
            }.ToString()
        );
        connection.Open();
        return connection;
    }

    private static void Run(SqliteConnection connection, string text, params (string Name, string Value)[] values)
    {
        using var command = connection.CreateCommand();
        command.CommandText = text;
        foreach (var (name, value) in values)
        {
            command.Parameters.AddWithValue(name, value);
        }
        command.ExecuteNonQuery();
    }

    private static long Number(SqliteConnection connection, string text)
    {
        using var command = connection.CreateCommand();
        command.CommandText = text;
        return Convert.ToInt64(command.ExecuteScalar(), CultureInfo.InvariantCulture);
    }
}
