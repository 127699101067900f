using System.Security.Cryptography;

namespace PortalServices.Standalone.Tests;

/// <summary>Copies of data folders, and what is in them.</summary>
internal static class Folders
{
    /// <summary>The log's files inside a data folder.</summary>
    public static string Log(string data) => Path.Combine(data, "store", "AOF");

    /// <summary>Copies the files of a folder; sockets and the lock mean nothing in a copy.</summary>
    public static void Copy(string from, string to)
    {
        foreach (var file in Files(from))
        {
            var copy = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy, overwrite: true);
        }
    }

    /// <summary>Shortens a file.</summary>
    public static void Cut(string file, long length)
    {
        using var handle = File.OpenHandle(file, FileMode.Open, FileAccess.Write);
        RandomAccess.SetLength(handle, Math.Min(length, RandomAccess.GetLength(handle)));
    }

    /// <summary>Cuts off everything of the log from an address on.</summary>
    public static void CutLog(string data, long address)
    {
        foreach (var file in Directory.GetFiles(Log(data), "aof.log.*"))
        {
            var begin =
                long.Parse(Path.GetExtension(file).AsSpan(1), System.Globalization.CultureInfo.InvariantCulture)
                * StoreSettings.SegmentBytes;
            Cut(file, Math.Max(0, address - begin));
        }
    }

    /// <summary>
    /// Each file that is not empty, with the hash of its content. The store may add an empty file, which says nothing.
    /// </summary>
    public static SortedDictionary<string, string> Contents(string folder) =>
        new(
            Files(folder)
                .Where(file => new FileInfo(file).Length > 0)
                .ToDictionary(
                    file => Path.GetRelativePath(folder, file),
                    file => Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(file)))
                ),
            StringComparer.Ordinal
        );

    private static IEnumerable<string> Files(string folder) =>
        Directory
            .EnumerateFiles(folder, "*", SearchOption.AllDirectories)
            .Where(file => Path.GetFileName(file) != "lock" && !file.EndsWith(".sock", StringComparison.Ordinal));
}
