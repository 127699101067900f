using System.Formats.Tar;
using System.IO.Compression;

namespace PortalServices.UpgradeFixtures;

/// <summary>Folders as compressed archives.</summary>
public static class Archive
{
    /// <summary>How the name of an archive ends.</summary>
    public const string Extension = ".tar.br";

    /// <summary>Packs the files of a folder with their modes.</summary>
    public static void Pack(string folder, string archive)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(archive)!);
        using var file = File.Create(archive);
        using var compressed = new BrotliStream(file, CompressionLevel.SmallestSize);
        using var tar = new TarWriter(compressed, TarEntryFormat.Pax);
        foreach (var path in Directory.GetFiles(folder, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            tar.WriteEntry(path, Path.GetRelativePath(folder, path));
        }
    }

    /// <summary>Unpacks one into a folder.</summary>
    public static async Task UnpackAsync(string archive, string folder)
    {
        await using var file = File.OpenRead(archive);
        await using var plain = new BrotliStream(file, CompressionMode.Decompress);
        await TarFile.ExtractToDirectoryAsync(plain, folder, overwriteFiles: false);
    }
}
