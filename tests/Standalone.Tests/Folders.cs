using System.Security.Cryptography;

namespace PortalServices.Standalone.Tests;

/// <summary>Copies of folders, and what is in them.</summary>
internal static class Folders
{
    /// <summary>Copies the files of a folder; sockets and locks are not files of its own.</summary>
    public static void Copy(string from, string to)
    {
        foreach (var file in Files(from))
        {
            var copy = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy, overwrite: true);
        }
    }

    /// <summary>Each file that is not empty, with the hash of its content.</summary>
    public static SortedDictionary<string, string> Contents(string folder) => new(
        Files(folder).Where(file => new FileInfo(file).Length > 0).ToDictionary(
            file => Path.GetRelativePath(folder, file), file => Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(file)))),
        StringComparer.Ordinal);

    static IEnumerable<string> Files(string folder) => Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)
        .Where(file => Path.GetFileName(file) != "lock" && !file.EndsWith(".sock", StringComparison.Ordinal));
}
