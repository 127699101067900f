using System.Globalization;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;

namespace PortalServices.Database;

/// <summary>
/// Takes erased rows out of the files of an SQLite database of <typeparamref name="TContext"/>, too.
/// <c>secure_delete</c> overwrites what is deleted, but not the copies that a page split left behind in its page, and
/// the write-ahead log holds older pages. So after an erasure, and once for a database of an earlier version, the file
/// is rebuilt (VACUUM) and the log emptied. <c>user_version</c> in the file says whether that is still to be done, so
/// no kill and no restart forgets it. PostgreSQL does it by itself.
/// </summary>
public sealed partial class DatabaseErasure<TContext>(
    IServiceScopeFactory scopes,
    TimeProvider time,
    ILogger<DatabaseErasure<TContext>> logger,
    Func<string, long>? freeBytes = null
) : IPeriodicWork, IDisposable
    where TContext : DbContext
{
    // Of user_version, which nothing else uses.
    private const int Due = 0,
        Done = 1;

    // A rebuild takes as long as the file is large, and holds up writers: it is at most a tenth of the time.
    private const int PauseFactor = 10;

    private static readonly TimeSpan Beat = TimeSpan.FromSeconds(1),
        NoRoomBeat = TimeSpan.FromMinutes(1),
        LongestPause = TimeSpan.FromMinutes(10),
        TooLong = TimeSpan.FromMinutes(15);

    // Readers come and go; only one who stays is worth a line.
    private static readonly TimeSpan UsualReading = TimeSpan.FromMinutes(1);

    private readonly Func<string, long> _freeBytes = freeBytes ?? (folder => new DriveInfo(folder).AvailableFreeSpace);
    private readonly SemaphoreSlim _noting = new(1),
        _running = new(1);

    // Guarded by _noting. At the start the file decides.
    private bool _isDue = true,
        _isNoted;
    private int _underWay;
    private long _erasures;

    // The erasures that were over when the file was last rebuilt: while a reader holds the log it is not rebuilt again
    // for them.
    private long? _rebuiltFor;

    private DateTimeOffset? _dueSince;
    private DateTimeOffset _notBefore;
    private bool _isLogged;
    private string? _hindrance;

    /// <inheritdoc />
    public string Name => $"rebuilding the file of {typeof(TContext).Name}";

    /// <summary>Erased rows may still be in the files.</summary>
    internal bool IsDue => Volatile.Read(ref _isDue);

    /// <summary>How often this process has rebuilt the file.</summary>
    internal int Rebuilds { get; private set; }

    /// <summary>Why they have been there for so long; null while all is well.</summary>
    internal string? Overdue =>
        IsDue && _dueSince is { } since && (_hindrance is NoRoom || time.GetUtcNow() - since > TooLong)
            ? _hindrance ?? "it goes on"
            : null;

    private const string NoRoom = "there is no room on the disk to rebuild it",
        Busy = "somebody reads it all the time";

    /// <summary>
    /// Begins to erase. What is committed before the result is disposed of goes from the files soon after, whatever is
    /// killed.
    /// </summary>
    public async Task<IAsyncDisposable> BeginAsync(CancellationToken cancel = default)
    {
        await _noting.WaitAsync(cancel);
        try
        {
            if (!_isNoted)
            {
                await using var scope = scopes.CreateAsyncScope();
                var database = scope.ServiceProvider.GetRequiredService<TContext>().Database;
                if (database.IsSqlite())
                {
                    await NoteAsync(database, Due, cancel);
                }
                _isNoted = true;
            }

            _underWay++;
            return new Erasing(this);
        }
        finally
        {
            _noting.Release();
        }
    }

    /// <inheritdoc />
    public async Task<TimeSpan> RunAsync(CancellationToken stopping)
    {
        var hindrance = IsDue && time.GetUtcNow() >= _notBefore ? await CleanAsync(stopping) : "";
        return hindrance switch
        {
            null => IPeriodicWork.Finished,
            NoRoom => NoRoomBeat,
            _ => Beat,
        };
    }

    /// <summary>The last chance of a process that ends; what is left is done by the next one.</summary>
    public async Task EndAsync()
    {
        if (IsDue)
        {
            await CleanAsync(CancellationToken.None);
        }
    }

    /// <inheritdoc />
    public void Dispose()
    {
        _noting.Dispose();
        _running.Dispose();
    }

    /// <returns>What hinders it; empty for nothing; null where there is nothing to do for ever.</returns>
    private async Task<string?> CleanAsync(CancellationToken cancel)
    {
        await _running.WaitAsync(cancel);
        try
        {
            await using var scope = scopes.CreateAsyncScope();
            var database = scope.ServiceProvider.GetRequiredService<TContext>().Database;
            if (!database.IsSqlite())
            {
                Volatile.Write(ref _isDue, false);
                return null;
            }

            _dueSince ??= time.GetUtcNow();
            await database.OpenConnectionAsync(cancel);
            return Told(await CleanAsync(database, cancel));
        }
        finally
        {
            _running.Release();
        }
    }

    private async Task<string> CleanAsync(DatabaseFacade database, CancellationToken cancel)
    {
        var seen = Volatile.Read(ref _erasures);
        var isNeeded = await AskAsync(database, "user_version", cancel) == Due;
        try
        {
            if (isNeeded && _rebuiltFor != seen)
            {
                var bytes =
                    await AskAsync(database, "page_count", cancel) * await AskAsync(database, "page_size", cancel);
                if (!HasRoom(database, bytes))
                {
                    return NoRoom;
                }
                var began = time.GetTimestamp();
                await database.ExecuteSqlRawAsync("VACUUM", cancel);
                Rebuilds++;
                _rebuiltFor = seen;
                var took = time.GetElapsedTime(began);
                _notBefore = time.GetUtcNow() + (took * PauseFactor < LongestPause ? took * PauseFactor : LongestPause);
                LogRebuilt(typeof(TContext).Name, bytes, (long)took.TotalMilliseconds);
            }

            // Also where nothing was erased: a killed process may have left a log behind.
            if (await AskAsync(database, "wal_checkpoint(TRUNCATE)", cancel) != 0)
            {
                return Busy;
            }
        }
        catch (SqliteException busy) when (busy.SqliteErrorCode is 5 or 6)
        {
            return Busy;
        }

        await _noting.WaitAsync(cancel);
        try
        {
            // What was erased meanwhile, or is being erased, asks for another one.
            if (_underWay > 0 || seen != _erasures)
            {
                return "";
            }
            if (isNeeded)
            {
                await NoteAsync(database, Done, cancel);
            }
            _isNoted = false;
            Volatile.Write(ref _isDue, false);
            _dueSince = null;
        }
        finally
        {
            _noting.Release();
        }

        return "";
    }

    private string Told(string hindrance)
    {
        _hindrance = hindrance.Length == 0 ? null : hindrance;
        if (_hindrance is null)
        {
            if (_isLogged)
            {
                LogGoesOn(typeof(TContext).Name);
            }
            _isLogged = false;
        }
        else if (!_isLogged && (_hindrance is NoRoom || time.GetUtcNow() - _dueSince > UsualReading))
        {
            LogHindered(typeof(TContext).Name, _hindrance);
            _isLogged = true;
        }

        return hindrance;
    }

    // The new file is written to a temporary one and from there into the log (https://www.sqlite.org/lang_vacuum.html).
    private bool HasRoom(DatabaseFacade database, long bytes)
    {
        const long Reserve = 16 * 1024 * 1024;
        var folder = Path.GetDirectoryName(Path.GetFullPath(SqliteFile.PathIn(database.GetConnectionString()!)))!;
        var temporary = Environment.GetEnvironmentVariable("SQLITE_TMPDIR") ?? Path.GetTempPath();
        return _freeBytes(folder) >= (2 * bytes) + Reserve && _freeBytes(temporary) >= bytes + Reserve;
    }

    private static async Task<long> AskAsync(DatabaseFacade database, string pragma, CancellationToken cancel)
    {
        await using var command = database.GetDbConnection().CreateCommand();
        command.CommandText = $"PRAGMA {pragma}";
        return Convert.ToInt64(await command.ExecuteScalarAsync(cancel), CultureInfo.InvariantCulture);
    }

    private static Task<int> NoteAsync(DatabaseFacade database, int state, CancellationToken cancel) =>
        database.ExecuteSqlRawAsync(state == Due ? "PRAGMA user_version = 0" : "PRAGMA user_version = 1", cancel);

    private async ValueTask EndErasingAsync()
    {
        await _noting.WaitAsync();
        _underWay--;
        _erasures++;
        Volatile.Write(ref _isDue, true);
        _noting.Release();
    }

    [LoggerMessage(
        Level = LogLevel.Information,
        Message = "The file of {Context} ({Bytes} bytes) was rebuilt in {Milliseconds} ms, so that nothing erased is left in it"
    )]
    private partial void LogRebuilt(string context, long bytes, long milliseconds);

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "What was erased is still in the files of {Context}, and it is tried again to take it out: {Hindrance}"
    )]
    private partial void LogHindered(string context, string hindrance);

    [LoggerMessage(
        Level = LogLevel.Information,
        Message = "What was erased is taken out of the files of {Context} again"
    )]
    private partial void LogGoesOn(string context);

    private sealed class Erasing(DatabaseErasure<TContext> erasure) : IAsyncDisposable
    {
        public ValueTask DisposeAsync() => erasure.EndErasingAsync();
    }
}
