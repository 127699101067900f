namespace PortalServices.Standalone.Backups;

/// <summary>
/// A folder that is made whole or not at all: it is written beside its place, in a folder with <c>.unfinished</c> behind
/// its name, and put there at the end. What a killed process left of it is made anew by the next one.
/// </summary>
/// <remarks>
/// The mark in the outer folder, by which the next one knows it, is there before the inner one and as long as it: at
/// every moment either the place holds all, or what is left is known.
/// </remarks>
internal sealed class BackupFolder : IDisposable
{
    private const string Suffix = ".unfinished",
        Mark = ".unfinished-backup",
        Inner = "backup";
    private readonly string _place;
    private bool _isInPlace,
        _isKept;

    private BackupFolder(string place) => _place = place;

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
        if (File.Exists(place) || (Directory.Exists(place) && Directory.EnumerateFileSystemEntries(place).Any()))
        {
            throw new StartupException($"--backup: {place} is not empty: name a new folder");
        }
        if (System.IO.Path.GetDirectoryName(place) is not { } parent || !Directory.Exists(parent))
        {
            throw new StartupException($"--backup: the folder above {place} does not exist");
        }
        var folder = new BackupFolder(place);
        if (Directory.Exists(folder.Unfinished))
        {
            if (
                Directory.EnumerateFileSystemEntries(folder.Unfinished).Any()
                && !File.Exists(System.IO.Path.Combine(folder.Unfinished, Mark))
            )
            {
                throw new StartupException($"--backup: {folder.Unfinished} is in the way: move it");
            }
            folder.Clear();
        }
        try
        {
            DurableFiles.Write(System.IO.Path.Combine(folder.Unfinished, Mark), []);
            PrivateFiles.CreateFolder(folder.Path);
            return folder;
        }
        catch
        {
            folder.Dispose();
            throw;
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

    // The mark last.
    private void Clear()
    {
        if (Directory.Exists(Path))
        {
            Directory.Delete(Path, recursive: true);
        }
        if (Directory.Exists(Unfinished))
        {
            Directory.Delete(Unfinished, recursive: true);
        }
    }
}
