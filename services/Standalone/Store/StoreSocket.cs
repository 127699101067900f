using System.Text;

namespace PortalServices.Standalone.Store;

/// <summary>The socket file through which this process reaches its own store.</summary>
internal sealed class StoreSocket : IDisposable
{
    // What every system allows in a socket's address, the closing zero byte left out.
    private const int LongestAddress = 103;
    private const string Name = "garnet.sock",
        BackupName = "backup.sock",
        Note = "socket-folder";
    private const string TemporaryPrefix = "portal-store-";
    private readonly string? _temporary;

    private StoreSocket(string path, string? temporary) => (Path, _temporary) = (path, temporary);

    public string Path { get; }

    public string ConnectionString => "!" + Path;

    /// <summary>Where this process is asked for a backup: beside it, with a name as long.</summary>
    public string BackupPath => BackupBeside(Path);

    /// <summary>The same of the process that runs on a store's folder.</summary>
    public static string FindBackup(string folder)
    {
        var note = System.IO.Path.Combine(folder, Note);
        return BackupBeside(System.IO.Path.Combine(File.Exists(note) ? File.ReadAllText(note).Trim() : folder, Name));
    }

    private static string BackupBeside(string path) =>
        System.IO.Path.Combine(System.IO.Path.GetDirectoryName(path)!, BackupName);

    /// <summary>
    /// In the store's folder; when that path is too long for an address, or has what parts a connection string, in a
    /// fresh private folder for temporary files. Its name is noted in the store's folder, so that the next start clears
    /// away what a killed process left.
    /// </summary>
    public static StoreSocket Place(string folder)
    {
        var note = System.IO.Path.Combine(folder, Note);
        RemoveLeftOver(note);
        var path = System.IO.Path.Combine(folder, Name);
        if (Encoding.UTF8.GetByteCount(path) <= LongestAddress && !path.AsSpan().ContainsAny(',', '='))
        {
            return new StoreSocket(path, null);
        }
        var temporary = Directory.CreateTempSubdirectory(TemporaryPrefix).FullName;
        File.WriteAllText(note, temporary);
        return new StoreSocket(System.IO.Path.Combine(temporary, Name), temporary);
    }

    public void Dispose()
    {
        if (_temporary is not null && Directory.Exists(_temporary))
        {
            Directory.Delete(_temporary, recursive: true);
        }
        else if (_temporary is null && File.Exists(Path))
        {
            File.Delete(Path);
        }
    }

    private static void RemoveLeftOver(string note)
    {
        if (!File.Exists(note))
        {
            return;
        }
        var left = File.ReadAllText(note);
        if (
            System.IO.Path.GetFileName(left).StartsWith(TemporaryPrefix, StringComparison.Ordinal)
            && Directory.Exists(left)
        )
        {
            Directory.Delete(left, recursive: true);
        }
        File.Delete(note);
    }
}
