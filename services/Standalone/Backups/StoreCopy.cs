using System.Globalization;
using PortalServices.Standalone.Store;

namespace PortalServices.Standalone.Backups;

/// <summary>
/// The files of the store as they are at one moment, held open: the store goes on, writes further checkpoints and
/// removes these files, and they can still be read. Of the log only what was written at that moment is taken.
/// </summary>
/// <remarks>
/// Files of a checkpoint are never changed once they are written; of the log only what lies behind its end is.
/// </remarks>
internal sealed class StoreCopy : IDisposable
{
    private const string Log = "AOF";
    private const int MaxTries = 100;
    private static readonly string Notes = Path.Combine(Log, "log-commits");
    private readonly List<(string Name, FileStream File, long Bytes)> _files = [];
    private readonly List<(string Name, byte[] Content)> _notes;
    private readonly long _end;

    /// <summary>Opens the files. While nothing is written to the store.</summary>
    /// <param name="folder">The store's folder.</param>
    /// <param name="earlier">The files that were there before the newest checkpoint: the store may still have to remove
    /// them, and does so at a start.</param>
    /// <param name="end">Up to which address the log goes.</param>
    public StoreCopy(string folder, IReadOnlySet<string> earlier, long end)
    {
        _end = end;
        try
        {
            foreach (var path in new CheckpointFiles(folder).AddedSince(earlier))
            {
                Open(folder, path, long.MaxValue);
            }
            foreach (var path in FilesIn(Path.Combine(folder, Log)))
            {
                var number = long.Parse(Path.GetExtension(path).AsSpan(1), CultureInfo.InvariantCulture);
                TryOpen(folder, path, Math.Max(0, end - (number * StoreSettings.SegmentBytes)));
            }
            // A log that nothing was ever written to has none.
            _notes = ReadAll(() => FilesIn(Path.Combine(folder, Notes)), File.ReadAllBytes, end <= LogScan.FirstAddress)
                .ConvertAll(note => (Path.GetRelativePath(folder, note.Path), note.Content));
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>How much there is to copy.</summary>
    public long Bytes => _files.Sum(file => file.Bytes);

    /// <summary>Copies them; the copy is what a process leaves that is killed at that moment.</summary>
    /// <exception cref="StartupException">The store would not start on the copy.</exception>
    public async Task WriteAsync(string folder, CancellationToken cancel)
    {
        foreach (var (name, file, bytes) in _files)
        {
            await DurableFiles.CopyAsync(file, Path.Combine(folder, name), bytes, cancel);
        }
        foreach (var (name, content) in _notes)
        {
            DurableFiles.Write(Path.Combine(folder, name), content);
        }
        new CheckpointFiles(folder).Note(new HashSet<string>());
        var log = new StoreLog(folder);
        if (log.FindDamage() is { } damage)
        {
            throw new StartupException($"{BackupCommand.Name}: the copy of the store is not whole: {damage}");
        }
        if (log.FindEnd() is var end && (end != _end || log.FindBreak(end) is not null))
        {
            throw new StartupException(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{BackupCommand.Name}: the copy of the store is not whole: its log ends at {end} and not at {_end}"
                )
            );
        }
    }

    public void Dispose()
    {
        foreach (var (_, file, _) in _files)
        {
            file.Dispose();
        }
    }

    /// <summary>
    /// Reads small files that the store writes and removes meanwhile, until none of a list was gone and there is none
    /// that the list had not.
    /// </summary>
    /// <param name="list">Lists them.</param>
    /// <param name="read">Reads one.</param>
    /// <param name="mayBeNone">None is an answer, too.</param>
    /// <exception cref="StartupException">They changed all the time, or there is none.</exception>
    internal static List<(string Path, byte[] Content)> ReadAll(
        Func<string[]> list,
        Func<string, byte[]> read,
        bool mayBeNone = false
    )
    {
        for (var tries = 0; tries < MaxTries; tries++)
        {
            var listed = list();
            try
            {
                var files = listed.Select(path => (path, read(path))).ToList();
                if ((files.Count > 0 || mayBeNone) && list().ToHashSet(StringComparer.Ordinal).SetEquals(listed))
                {
                    return files;
                }
            }
            catch (Exception gone) when (gone is FileNotFoundException or DirectoryNotFoundException)
            {
                // The list is of a moment before.
            }
        }
        throw new StartupException($"{BackupCommand.Name}: the notes of the log change all the time; try again later");
    }

    private static string[] FilesIn(string folder) => Directory.Exists(folder) ? Directory.GetFiles(folder) : [];

    private void Open(string folder, string path, long maxBytes)
    {
        var file = DurableFiles.OpenRead(path);
        _files.Add((Path.GetRelativePath(folder, path), file, Math.Min(file.Length, maxBytes)));
    }

    // One that is gone was of the checkpoint before, which the store is removing.
    private void TryOpen(string folder, string path, long maxBytes)
    {
        try
        {
            Open(folder, path, maxBytes);
        }
        catch (Exception gone) when (gone is FileNotFoundException or DirectoryNotFoundException)
        {
            // Not needed.
        }
    }
}
