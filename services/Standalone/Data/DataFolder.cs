namespace PortalServices.Standalone.Data;

/// <summary>Everything this host keeps, in one folder that belongs to one process at a time.</summary>
internal sealed class DataFolder : IDisposable
{
    private const string Solution = "PortalServices.sln";
    private const string LockName = "lock";
    private const int MaxNamed = 3;

    // The beginnings of what may be put into a new folder, such as a copy of another one; lost+found is the file
    // system's.
    private static readonly string[] Known =
    [
        "store",
        "acknowledged",
        "secrets",
        "operator.key",
        "content.db",
        "feedback.db",
        "lost+found",
    ];
    private readonly FileStream _lock;

    private DataFolder(string path, FileStream @lock) => (Path, _lock) = (path, @lock);

    public string Path { get; }

    public string Store => System.IO.Path.Combine(Path, "store");

    /// <summary>What the store had acknowledged, kept beside it.</summary>
    public string Acknowledged => System.IO.Path.Combine(Path, "acknowledged");

    public string Content => System.IO.Path.Combine(Path, "content.db");

    public string Feedback => System.IO.Path.Combine(Path, "feedback.db");

    /// <summary>
    /// What visitors' identities are made with; not part of the store, so that a copy of the store tells nothing about
    /// people.
    /// </summary>
    public string VisitorSecret => System.IO.Path.Combine(Path, "secrets", "visitor-secret");

    public string OperatorKey => System.IO.Path.Combine(Path, "operator.key");

    /// <summary>
    /// Creates the folder if it is missing, takes it for the life of this process, and makes all that is in it its
    /// owner's alone, whoever made it.
    /// </summary>
    /// <param name="chosen">The setting; null for the default place.</param>
    /// <param name="warn">Takes one line, if there is something to say.</param>
    public static DataFolder Open(string? chosen, Action<string>? warn = null)
    {
        if (chosen is "")
        {
            throw new StartupException("--data: name a folder, for example --data /srv/portal");
        }
        var path = System.IO.Path.GetFullPath(
            chosen ?? System.IO.Path.Combine(DefaultParent(AppContext.BaseDirectory), "data")
        );
        try
        {
            if (Stranger(path) is { } stranger)
            {
                throw new StartupException(
                    $"--data: {path} holds {stranger}, which is not of this program, and would be closed to others; name an empty folder"
                );
            }
            PrivateFiles.CreateFolder(path);
            var folder = new DataFolder(path, Lock(path));
            PrivateFiles.CreateFolder(folder.Store);
            if (PrivateFiles.Correct(path) is { Count: > 0 } left)
            {
                warn?.Invoke(
                    $"--data: others can read {Some(left)}, which cannot be changed by this user: make it yours (chown), with mode 600, folders 700"
                );
            }
            return folder;
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            throw new StartupException($"--data: {path} cannot be used: {refused.Message}");
        }
    }

    public void Dispose() => _lock.Dispose();

    // Of a folder that this program has never used: a home, named by mistake, must not lose the modes of all its files.
    private static string? Stranger(string path) =>
        !Directory.Exists(path) || File.Exists(System.IO.Path.Combine(path, LockName))
            ? null
            : Directory
                .EnumerateFileSystemEntries(path)
                .Select(entry => System.IO.Path.GetFileName(entry))
                .FirstOrDefault(name =>
                    name[0] != '.' && !Array.Exists(Known, known => name.StartsWith(known, StringComparison.Ordinal))
                );

    private static string Some(IReadOnlyList<string> files) =>
        files.Count <= MaxNamed
            ? string.Join(", ", files)
            : $"{string.Join(", ", files.Take(MaxNamed))} and {files.Count - MaxNamed} more";

    // The system drops the lock with the process, however it ends; the file itself means nothing and stays.
    private static FileStream Lock(string path)
    {
        var file = System.IO.Path.Combine(path, LockName);
        try
        {
            return PrivateFiles.Open(file, FileMode.OpenOrCreate, FileShare.None);
        }
        catch (IOException) when (File.Exists(file))
        {
            throw new StartupException(
                $"--data: {path} is in use by another process; give each its own folder with --data DIR"
            );
        }
    }

    /// <summary>
    /// Where the data are by default: beside the solution when the program runs from its sources, else in the current
    /// folder.
    /// </summary>
    internal static string DefaultParent(string program)
    {
        for (var folder = new DirectoryInfo(program); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(System.IO.Path.Combine(folder.FullName, Solution)))
            {
                return folder.FullName;
            }
        }

        return Directory.GetCurrentDirectory();
    }
}
