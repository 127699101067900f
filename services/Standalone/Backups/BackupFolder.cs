namespace PortalServices.Standalone.Backups;

/// <summary>
/// A folder that is made whole or not at all: it is written beside its place, in a folder with <c>.unfinished</c> behind
/// its name, and put there at the end. What a killed process left of it is made anew by the next one.
/// </summary>
/// <remarks>
/// The mark in the outer folder, by which the next one knows it, is there before the inner one and as long as it: at
/// every moment either the place holds all, or what is left is known. It is locked by who writes, so that nobody takes
/// for a rest what is being written.
/// </remarks>
internal sealed class BackupFolder : IDisposable
{
    private const string Suffix = ".unfinished",
        Mark = ".unfinished-backup",
        Inner = "backup";
    private readonly string _place;
    private readonly FileStream _lock;
    private bool _isInPlace,
        _isKept;

    private BackupFolder(string place) => (_place, _lock) = (place, Lock(place));

    /// <summary>Where it is written.</summary>
    public string Path => System.IO.Path.Combine(Unfinished, Inner);

    /// <summary>The folder that it is to be in.</summary>
    public string Parent => System.IO.Path.GetDirectoryName(_place)!;

    private string Unfinished => _place + Suffix;

    /// <summary>Begins one.</summary>
    /// <param name="place">Where it is to be: nothing, or an empty folder.</param>
    /// <exception cref="StartupException">There is something else.</exception>
    public static BackupFolder Begin(string place)
    {
        // A link stays, and where it leads to is used.
        place = BackupRequest.Resolve(place);
        if (DriveInfo.GetDrives().Any(drive => System.IO.Path.TrimEndingDirectorySeparator(drive.Name) == place))
        {
            throw new StartupException($"--backup: a disk is mounted at {place}: name a new folder in it");
        }
        if (System.IO.Path.GetDirectoryName(place) is not { } parent || !Directory.Exists(parent))
        {
            throw new StartupException($"--backup: the folder above {place} does not exist");
        }
        if (IsFull(place))
        {
            ClearRest(place);
            throw new StartupException($"--backup: {place} is not empty: name a new folder");
        }
        var folder = new BackupFolder(place);
        try
        {
            folder.DeleteInner();
            // Another one may have come to its end before this one had the lock.
            if (IsFull(place))
            {
                throw new StartupException($"--backup: {place} is not empty: name a new folder");
            }
            DurableFiles.FlushFolder(folder.Unfinished);
            PrivateFiles.CreateFolder(folder.Path);
            return folder;
        }
        catch
        {
            folder.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Removes what is left beside a place that is finished, where the process was killed before it did so itself.
    /// </summary>
    public static void ClearRest(string place)
    {
        place = BackupRequest.Resolve(place);
        if (File.Exists(MarkOf(place)))
        {
            new BackupFolder(place).Dispose();
        }
    }

    /// <summary>All that is in it, parted by <c>/</c>, in order.</summary>
    public IReadOnlyList<string> Files() =>
        [
            .. Directory
                .EnumerateFiles(Path, "*", SearchOption.AllDirectories)
                .Select(file =>
                    System.IO.Path.GetRelativePath(Path, file).Replace(System.IO.Path.DirectorySeparatorChar, '/')
                )
                .Order(StringComparer.Ordinal),
        ];

    /// <summary>Puts it into its place, until it is disposed of or kept.</summary>
    public void Finish()
    {
        foreach (var folder in Directory.EnumerateDirectories(Path, "*", SearchOption.AllDirectories))
        {
            DurableFiles.FlushFolder(folder);
        }
        DurableFiles.FlushFolder(Path);
        if (Directory.Exists(_place))
        {
            Directory.Delete(_place);
        }
        Directory.Move(Path, _place);
        _isInPlace = true;
        DurableFiles.FlushFolder(Parent);
        Clear();
    }

    /// <summary>All that belongs together is in its place.</summary>
    public void Keep() => _isKept = true;

    /// <summary>Removes what is not kept.</summary>
    public void Dispose()
    {
        if (_isKept)
        {
            return;
        }
        if (_isInPlace && Directory.Exists(_place))
        {
            Directory.Delete(_place, recursive: true);
        }
        Clear();
    }

    private static bool IsFull(string place) =>
        File.Exists(place) || (Directory.Exists(place) && Directory.EnumerateFileSystemEntries(place).Any());

    private static string MarkOf(string place) => System.IO.Path.Combine(place + Suffix, Mark);

    // The system drops the lock with the process, however it ends.
    private static FileStream Lock(string place)
    {
        var (unfinished, mark) = (place + Suffix, MarkOf(place));
        if (File.Exists(unfinished) || (IsFull(unfinished) && !File.Exists(mark)))
        {
            throw new StartupException($"--backup: {unfinished} is in the way: move it");
        }
        var isNew = !Directory.Exists(unfinished);
        PrivateFiles.CreateFolder(unfinished);
        try
        {
            var held = PrivateFiles.Open(mark, FileMode.OpenOrCreate, FileShare.None);
            if (File.Exists(mark))
            {
                return held;
            }
            // Another one has just come to its end, and took its mark away.
            held.Dispose();
            throw UnderWay(place);
        }
        catch (IOException) when (File.Exists(mark))
        {
            throw UnderWay(place);
        }
        catch when (isNew)
        {
            Directory.Delete(unfinished);
            throw;
        }
    }

    private static StartupException UnderWay(string place) =>
        new($"--backup: another backup is being written to {place}");

    private void DeleteInner()
    {
        if (Directory.Exists(Path))
        {
            Directory.Delete(Path, recursive: true);
        }
    }

    // The mark last, and nothing of somebody who has begun behind it.
    private void Clear()
    {
        if (!_lock.CanWrite)
        {
            return;
        }
        DeleteInner();
        if (Directory.Exists(Unfinished))
        {
            Directory.Delete(Unfinished, recursive: true);
        }
        _lock.Dispose();
    }
}
