using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace PortalServices.Standalone.Backups;

/// <summary>Files that are on disk when they are said to be written, their names included.</summary>
internal static class DurableFiles
{
    private const int ReadOnly = 0,
        BufferBytes = 256 * 1024;

    /// <summary>Writes a new file; its folder is made, too. Nobody but the owner can read it.</summary>
    public static void Write(string path, ReadOnlySpan<byte> content)
    {
        using var file = Create(path);
        file.Write(content);
        file.Flush(flushToDisk: true);
    }

    /// <summary>Copies the beginning of a stream into a new file.</summary>
    /// <param name="source">Read from where it stands.</param>
    /// <param name="path">The new file.</param>
    /// <param name="bytes">How much of it; what is missing at its end is left out.</param>
    /// <param name="cancel">Ends it.</param>
    /// <returns>How many bytes there were, and their SHA-256 in hexadecimal digits.</returns>
    public static async Task<(long Bytes, string Hash)> CopyAsync(
        Stream source,
        string path,
        long bytes,
        CancellationToken cancel
    )
    {
        await using var file = Create(path);
        var result = await CopyAsync(source, file, bytes, cancel);
        file.Flush(flushToDisk: true);
        return result;
    }

    /// <summary>The size of a file, and its SHA-256 in hexadecimal digits.</summary>
    public static async Task<(long Bytes, string Hash)> ReadAsync(string path, CancellationToken cancel)
    {
        await using var file = OpenRead(path);
        return await CopyAsync(file, Stream.Null, long.MaxValue, cancel);
    }

    /// <summary>A file that others may write to, or remove.</summary>
    public static FileStream OpenRead(string path) =>
        new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);

    /// <summary>The content is on disk.</summary>
    public static void Flush(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
        file.Flush(flushToDisk: true);
    }

    /// <summary>
    /// The names in a folder are on disk. Where the system cannot do that to a folder, they reach it when they do.
    /// </summary>
    public static void FlushFolder(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }
        var folder = Open(path, ReadOnly);
        if (folder >= 0)
        {
            _ = Synchronize(folder);
            _ = Close(folder);
        }
    }

    private static FileStream Create(string path)
    {
        PrivateFiles.CreateFolder(Path.GetDirectoryName(path)!);
        return PrivateFiles.Open(path, FileMode.CreateNew, FileShare.None);
    }

    private static async Task<(long Bytes, string Hash)> CopyAsync(
        Stream source,
        Stream target,
        long bytes,
        CancellationToken cancel
    )
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[BufferBytes];
        var copied = 0L;
        while (copied < bytes)
        {
            var read = await source.ReadAsync(buffer.AsMemory(0, (int)Math.Min(buffer.Length, bytes - copied)), cancel);
            if (read == 0)
            {
                break;
            }
            hash.AppendData(buffer, 0, read);
            await target.WriteAsync(buffer.AsMemory(0, read), cancel);
            copied += read;
        }
        return (copied, Convert.ToHexStringLower(hash.GetHashAndReset()));
    }

    [DllImport(
        "libc",
        EntryPoint = "open",
        CharSet = CharSet.Ansi,
        BestFitMapping = false,
        ThrowOnUnmappableChar = true
    )]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Open([MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags);

    [DllImport("libc", EntryPoint = "fsync")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Synchronize(int file);

    [DllImport("libc", EntryPoint = "close")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Close(int file);
}
