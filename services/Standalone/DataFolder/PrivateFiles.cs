using PortalServices.ServiceDefaults;

namespace PortalServices.Standalone;

/// <summary>
/// Files and folders that nobody but their owner can read, from their first moment on: the mode is given to the call that creates them. On
/// Windows they inherit the rights of the folder above.
/// </summary>
internal static class PrivateFiles
{
    const UnixFileMode Owner = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    public static void CreateFolder(string path)
    {
        if (OperatingSystem.IsWindows())
            Directory.CreateDirectory(path);
        else
            Directory.CreateDirectory(path, Owner | UnixFileMode.UserExecute);
    }

    public static FileStream Open(string path, FileMode mode, FileShare share)
    {
        var options = new FileStreamOptions { Mode = mode, Access = FileAccess.ReadWrite, Share = share };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = Owner;
        return new FileStream(path, options);
    }

    /// <summary>
    /// The one line that the file holds. A missing file is made first, whole or not at all: a process that dies while making it leaves only
    /// the unfinished copy beside it, which the next start writes anew.
    /// </summary>
    /// <param name="path">The file; its folder is made too.</param>
    /// <param name="make">Makes the line.</param>
    public static string ReadOrCreate(string path, Func<string> make)
    {
        if (!File.Exists(path))
            Create(path, make());
        var line = File.ReadAllText(path).Trim();
        return line.Length > 0 ? line : throw new StartupException($"{path}: empty; restore it, or delete it to have a new one made");
    }

    static void Create(string path, string line)
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
