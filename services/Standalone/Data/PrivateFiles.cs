using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace PortalServices.Standalone.Data;

/// <summary>
/// Files and folders that nobody but their owner can read, from their first moment on: the mode is given to the call
/// that creates them, or is what the mask of the process leaves. On Windows they inherit the rights of the folder
/// above.
/// </summary>
internal static class PrivateFiles
{
    private const UnixFileMode Owner = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        OwnersFolder = Owner | UnixFileMode.UserExecute;
    private static readonly EnumerationOptions Everything = new() { AttributesToSkip = 0, IgnoreInaccessible = false };

    /// <summary>
    /// From now on whatever this process creates is its owner's alone, also what libraries create without a word: the
    /// databases' logs and journals, the store's segments and checkpoints.
    /// </summary>
    public static void MaskWhatIsCreated()
    {
        if (!OperatingSystem.IsWindows())
        {
            _ = SetMask(Convert.ToUInt32("077", 8));
        }
    }

    /// <summary>
    /// Makes a folder and all that is in it its owner's alone, whoever made it. Symbolic links are left as they are,
    /// and so is what they lead to.
    /// </summary>
    /// <returns>
    /// What others can still get at, because it belongs to somebody else or its file system knows no modes.
    /// </returns>
    public static IReadOnlyList<string> Correct(string folder)
    {
        List<string> left = [];
        if (!OperatingSystem.IsWindows())
        {
            Correct(
                (DirectoryInfo?)Directory.ResolveLinkTarget(folder, returnFinalTarget: true)
                    ?? new DirectoryInfo(folder),
                left
            );
        }
        return left;
    }

    // The folder before what is in it: from then on nobody else can put a link in the place of a file. Where they still
    // can, nothing in it is touched.
    [UnsupportedOSPlatform("windows")]
    private static void Correct(DirectoryInfo folder, List<string> left)
    {
        if (!IsCorrected(folder, OwnersFolder))
        {
            left.Add(folder.FullName);
            return;
        }

        try
        {
            foreach (var entry in folder.EnumerateFileSystemInfos("*", Everything))
            {
                if (entry.LinkTarget is not null)
                {
                    continue;
                }
                if (entry is DirectoryInfo inner)
                {
                    Correct(inner, left);
                }
                else if (!IsCorrected(entry, Owner))
                {
                    left.Add(entry.FullName);
                }
            }
        }
        catch (Exception closed) when (closed is UnauthorizedAccessException or DirectoryNotFoundException)
        {
            // What this process cannot even list is somebody else's, such as lost+found; whether others can get in is
            // told above.
        }
    }

    [UnsupportedOSPlatform("windows")]
    private static bool IsCorrected(FileSystemInfo entry, UnixFileMode mode)
    {
        try
        {
            if (entry.UnixFileMode != mode)
            {
                entry.UnixFileMode = mode;
            }
            entry.Refresh();
            return (entry.UnixFileMode & ~OwnersFolder) == 0;
        }
        catch (FileNotFoundException)
        {
            return true;
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            entry.Refresh();
            return entry.Exists && (entry.UnixFileMode & ~OwnersFolder) == 0;
        }
    }

    [DllImport("libc", EntryPoint = "umask")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern uint SetMask(uint mask);

    public static DirectoryInfo CreateFolder(string path) =>
        OperatingSystem.IsWindows() ? Directory.CreateDirectory(path) : Directory.CreateDirectory(path, OwnersFolder);

    public static FileStream Open(string path, FileMode mode, FileShare share)
    {
        var options = new FileStreamOptions
        {
            Mode = mode,
            Access = FileAccess.ReadWrite,
            Share = share,
        };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = Owner;
        }
        return new FileStream(path, options);
    }

    /// <summary>
    /// The one line that the file holds. A missing file is made first, whole or not at all: a process that dies while
    /// making it leaves only the unfinished copy beside it, which the next start writes anew.
    /// </summary>
    /// <param name="path">The file; its folder is made too.</param>
    /// <param name="make">Makes the line.</param>
    public static string ReadOrCreate(string path, Func<string> make)
    {
        if (!File.Exists(path))
        {
            Create(path, make());
        }
        var line = File.ReadAllText(path).Trim();
        return line.Length > 0
            ? line
            : throw new StartupException($"{path}: empty; restore it, or delete it to have a new one made");
    }

    private static void Create(string path, string line)
    {
        var unfinished = path + ".new";
        CreateFolder(Path.GetDirectoryName(path)!);
        File.Delete(unfinished);
        using (var file = Open(unfinished, FileMode.CreateNew, FileShare.None))
        {
            file.Write(System.Text.Encoding.ASCII.GetBytes(line + "\n"));
            file.Flush(flushToDisk: true);
        }

        File.Move(unfinished, path);
    }
}
