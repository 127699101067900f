namespace PortalServices.Standalone.Data;

/// <summary>Everything this host keeps, in one folder that belongs to one process at a time.</summary>
internal sealed class DataFolder : IDisposable
{
    private const string Solution = "PortalServices.sln";
    private const string LockName = "lock";

    /// <summary>The names of what it holds.</summary>
    public const string StoreName = "store",
        AcknowledgedName = "acknowledged",
        ContentName = "content.db",
        FeedbackName = "feedback.db",
        SecretsName = "secrets",
        OperatorKeyName = "operator.key";

    /// <summary>Inside it, while a backup is put back: what is there is not whole yet.</summary>
    public const string UnfinishedName = "restore.unfinished";
    private const int MaxNamed = 3;

    // The beginnings of what may be put into a new folder, such as a copy of another one; lost+found is the file
    // system's.
    private static readonly string[] Known =
    [
        StoreName,
        AcknowledgedName,
        SecretsName,
        OperatorKeyName,
        ContentName,
        FeedbackName,
        "lost+found",
    ];
    private readonly FileStream _lock;

    private DataFolder(string path, FileStream @lock) => (Path, _lock) = (path, @lock);

    public string Path { get; }

    public string Store => System.IO.Path.Combine(Path, StoreName);

    /// <summary>What the store had acknowledged, kept beside it.</summary>
    public string Acknowledged => System.IO.Path.Combine(Path, AcknowledgedName);

    public string Content => System.IO.Path.Combine(Path, ContentName);

    public string Feedback => System.IO.Path.Combine(Path, FeedbackName);

    /// <summary>
    /// What visitors' identities are made with; not part of the store, so that a copy of the store tells nothing about
    /// people.
    /// </summary>
    public string VisitorSecret => System.IO.Path.Combine(Path, SecretsName, "visitor-secret");

    public string OperatorKey => System.IO.Path.Combine(Path, OperatorKeyName);

    /// <summary>
    /// Creates the folder if it is missing, takes it for the life of this process, and makes all that is in it its
    /// owner's alone, whoever made it.
    /// </summary>
    /// <param name="chosen">The setting; null for the default place.</param>
    /// <param name="warn">Takes one line, if there is something to say.</param>
    public static DataFolder Open(string? chosen, Action<string>? warn = null)
    {
        var path = PathOf(chosen);
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
            if (Directory.Exists(System.IO.Path.Combine(path, UnfinishedName)))
            {
                folder.Dispose();
                throw new StartupException(
                    $"--data: {path} holds a backup that was not put back whole: repeat --restore, or remove the folder"
                );
            }
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

    /// <summary>The folder of the setting.</summary>
    /// <param name="chosen">The setting; null for the default place.</param>
    public static string PathOf(string? chosen) =>
        chosen is ""
            ? throw new StartupException("--data: name a folder, for example --data /srv/portal")
            : System.IO.Path.TrimEndingDirectorySeparator(
                System.IO.Path.GetFullPath(
                    chosen ?? System.IO.Path.Combine(DefaultParent(AppContext.BaseDirectory), "data")
                )
            );

    /// <summary>Whether a process has taken the folder.</summary>
    public static bool IsTaken(string path)
    {
        var file = System.IO.Path.Combine(path, LockName);
        if (!File.Exists(file))
        {
            return false;
        }
        try
        {
            new FileStream(file, FileMode.Open, FileAccess.ReadWrite, FileShare.None).Dispose();
            return false;
        }
        catch (IOException)
        {
            return true;
        }
    }

    /// <summary>
    /// Takes a folder that a backup is to be put back into, and nothing else of it. Dispose of the result to let it go.
    /// </summary>
    /// <exception cref="StartupException">Another process has it.</exception>
    public static IDisposable Take(string path) => Lock(path);

    /// <summary>What a folder without data may hold all the same.</summary>
    public static bool IsLock(string name) => name == LockName;

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
