using System.Data.Common;
using System.Globalization;
using System.Reflection;
using System.Text.Json.Nodes;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Options;
using PortalServices.Content;
using PortalServices.Counting;
using PortalServices.Counting.Store;
using PortalServices.Feedback;
using PortalServices.Standalone.Store;

namespace PortalServices.Standalone.Backups;

/// <summary>
/// Writes a backup of one moment: ledger and both databases. At that moment nobody writes: the databases are held, then
/// counting, and a checkpoint of the store is written; behind it transactions begin that read, and the store's files
/// are opened. Then all goes on, and what was seen is copied. See docs/decisions/0032-backup.md.
/// </summary>
internal sealed class BackupWriter(
    EmbeddedStore store,
    CheckpointWriter checkpoints,
    DataFolder data,
    IConfiguration configuration,
    IOptions<CountingOptions> counting,
    TimeProvider time
)
{
    private const string Command = BackupCommand.Name;
    private static readonly TimeSpan BetweenTries = TimeSpan.FromMilliseconds(100),
        LongestTry = TimeSpan.FromMinutes(1);
    private int _isRunning;

    /// <summary>Writes a backup; what is said of it, a line each.</summary>
    /// <exception cref="StartupException">Why there is none; nothing is left of it.</exception>
    public async Task<IReadOnlyList<string>> WriteAsync(BackupRequest request, CancellationToken cancel)
    {
        if (Interlocked.Exchange(ref _isRunning, 1) == 1)
        {
            throw new StartupException($"{Command}: another backup is being written");
        }
        try
        {
            request.CheckPlaces(Command, data.Path);
            return await WriteCheckedAsync(request, cancel);
        }
        catch (Exception failure)
            when (failure is IOException or UnauthorizedAccessException or SqliteException or DbException)
        {
            throw new StartupException($"{Command}: {failure.Message}");
        }
        finally
        {
            Volatile.Write(ref _isRunning, 0);
        }
    }

    private async Task<IReadOnlyList<string>> WriteCheckedAsync(BackupRequest request, CancellationToken cancel)
    {
        var began = time.GetTimestamp();
        using var folder = BackupFolder.Begin(request.Folder);
        using var secrets = BeginSecrets(request);
        await using var content = await OpenAsync(BackupManifest.Content, cancel);
        await using var feedback = await OpenAsync(BackupManifest.Feedback, cancel);
        using var point = await TakePointAsync(content, feedback, cancel);
        CheckRoom(folder, point.Store.Bytes + (2 * (content.Bytes + feedback.Bytes)));

        await point.Store.WriteAsync(Path.Combine(folder.Path, DataFolder.StoreName), cancel);
        var totals = new Dictionary<string, JsonObject>(StringComparer.Ordinal)
        {
            [BackupManifest.Counting] = point.Totals,
            [BackupManifest.Content] = await ReadContentAsync(content.Database, cancel),
            [BackupManifest.Feedback] = await ReadFeedbackAsync(feedback.Database, cancel),
        };
        await WriteAsync(content, Path.Combine(folder.Path, DataFolder.ContentName), cancel);
        await WriteAsync(feedback, Path.Combine(folder.Path, DataFolder.FeedbackName), cancel);

        List<BackupFile> files = [];
        foreach (var file in folder.Files())
        {
            var path = Path.Combine(folder.Path, file);
            DurableFiles.Flush(path);
            var (bytes, hash) = await DurableFiles.ReadAsync(path, cancel);
            files.Add(new BackupFile(file, bytes, hash));
        }
        BackupManifest
            .Create(
                point.Instant,
                Version,
                CountingSetup.VisitorSecretCheck(counting.Value.VisitorSecret),
                totals,
                files
            )
            .Write(folder.Path);
        cancel.ThrowIfCancellationRequested();
        // The secrets first: no backup is there without those that were asked for with it. Both or none.
        secrets?.Finish();
        folder.Finish();
        secrets?.Keep();
        folder.Keep();
        return
        [
            string.Create(
                CultureInfo.InvariantCulture,
                $"Held: counting for {point.CountingHeld.TotalMilliseconds:0} ms, the databases for {point.DatabasesHeld.TotalMilliseconds:0} ms"
            ),
            string.Create(
                CultureInfo.InvariantCulture,
                $"Written: {files.Count} files, {files.Sum(file => file.Bytes)} bytes, in {time.GetElapsedTime(began).TotalSeconds:0.0} s"
            ),
            request.Secrets is { } kept
                ? $"Secrets: in {kept}; keep them apart from the backup"
                : $"Secrets: not in the backup; save {Path.GetDirectoryName(data.VisitorSecret)} and {data.OperatorKey} apart from it, or add {BackupCommand.SecretsSwitch} DIR",
            $"Backup of {point.Instant.UtcDateTime:O} in {request.Folder}",
        ];
    }

    /// <summary>What a backup notes of the database of content.</summary>
    public static async Task<JsonObject> ReadContentAsync(DbConnection database, CancellationToken cancel)
    {
        var totals = await ContentSetup.ReadContentTotalsAsync(database, cancel);
        totals["rows"] = DatabaseCopy.CountRows(database);
        return totals;
    }

    /// <summary>What a backup notes of the database of feedback.</summary>
    public static async Task<JsonObject> ReadFeedbackAsync(DbConnection database, CancellationToken cancel)
    {
        var totals = await FeedbackSetup.ReadFeedbackTotalsAsync(database, cancel);
        totals["rows"] = DatabaseCopy.CountRows(database);
        return totals;
    }

    private static string Version =>
        typeof(BackupWriter).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion
        ?? "";

    private async Task<Point> TakePointAsync(DatabaseCopy content, DatabaseCopy feedback, CancellationToken cancel)
    {
        await HoldWritesAsync(content, feedback, cancel);
        var held = time.GetTimestamp();
        Point? point = null;
        try
        {
            var isWritten = await checkpoints.WriteAsync(
                async (totals, earlier, since) =>
                {
                    content.BeginReading();
                    feedback.BeginReading();
                    // Nobody waits for the log to be written any more, or writes to it.
                    await store.CommitAsync(cancel);
                    point = new Point(time.GetUtcNow(), totals, new StoreCopy(data.Store, earlier, store.LogEnd));
                    content.ReleaseWrites();
                    feedback.ReleaseWrites();
                    point.CountingHeld = time.GetElapsedTime(since);
                    point.DatabasesHeld = time.GetElapsedTime(held);
                },
                cancel
            );
            if (!isWritten || point is null)
            {
                throw new StartupException(
                    $"{Command}: no checkpoint could be written in {data.Store}; see whether the disk is full"
                );
            }
            return point;
        }
        catch
        {
            point?.Dispose();
            throw;
        }
        finally
        {
            content.ReleaseWrites();
            feedback.ReleaseWrites();
        }
    }

    // Both or none: whoever waits for one of them is not to wait for somebody who writes to the other.
    private async Task HoldWritesAsync(DatabaseCopy content, DatabaseCopy feedback, CancellationToken cancel)
    {
        var began = time.GetTimestamp();
        while (true)
        {
            if (content.TryHoldWrites())
            {
                if (feedback.TryHoldWrites())
                {
                    return;
                }
                content.ReleaseWrites();
            }
            if (time.GetElapsedTime(began) > LongestTry)
            {
                throw new StartupException($"{Command}: the databases are written to all the time; try again later");
            }
            await Task.Delay(BetweenTries, time, cancel);
        }
    }

    private async Task<DatabaseCopy> OpenAsync(string name, CancellationToken cancel)
    {
        var connection = configuration.GetConnectionString(name) ?? "";
        var parts = new DbConnectionStringBuilder { ConnectionString = connection };
        if (parts.ContainsKey("Host") || parts.ContainsKey("Server"))
        {
            throw new StartupException(
                $"{Command}: ConnectionStrings:{name} is no file of this host; pg_dump keeps a database of PostgreSQL"
            );
        }
        return await DatabaseCopy.OpenAsync(connection, cancel);
    }

    // SQLite copies in one go; the process has other threads for what it is asked.
    private static Task WriteAsync(DatabaseCopy database, string path, CancellationToken cancel) =>
        Task.Factory.StartNew(
            () => database.Write(path),
            cancel,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default
        );

    private BackupFolder? BeginSecrets(BackupRequest request)
    {
        if (request.Secrets is not { } place)
        {
            return null;
        }
        var (secret, key) = (counting.Value.VisitorSecret, BackupSecrets.ReadLine(data.OperatorKey));
        if (BackupSecrets.AreIn(place, secret, key))
        {
            BackupFolder.ClearRest(place);
            return null;
        }
        var folder = BackupFolder.Begin(place);
        try
        {
            BackupSecrets.Write(folder.Path, secret, key);
            return folder;
        }
        catch
        {
            folder.Dispose();
            throw;
        }
    }

    private static void CheckRoom(BackupFolder folder, long bytes)
    {
        if (new DriveInfo(folder.Path).AvailableFreeSpace is var free && free < bytes)
        {
            throw new StartupException(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{Command}: the backup takes up to {bytes} bytes while it is written, and {free} are free at {folder.Parent}"
                )
            );
        }
    }

    /// <summary>The moment that a backup is of.</summary>
    private sealed class Point(DateTimeOffset instant, JsonObject totals, StoreCopy store) : IDisposable
    {
        public DateTimeOffset Instant => instant;

        public JsonObject Totals => totals;

        public StoreCopy Store => store;

        public TimeSpan CountingHeld { get; set; }

        public TimeSpan DatabasesHeld { get; set; }

        public void Dispose() => store.Dispose();
    }
}
