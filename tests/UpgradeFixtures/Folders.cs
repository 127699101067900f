namespace PortalServices.UpgradeFixtures;

/// <summary>Copies of folders.</summary>
public static class Folders
{
    /// <summary>Copies files with their modes; sockets mean nothing in a copy.</summary>
    public static void Copy(string from, string to)
    {
        foreach (
            var file in Directory
                .GetFiles(from, "*", SearchOption.AllDirectories)
                .Where(file => !file.EndsWith(".sock", StringComparison.Ordinal))
        )
        {
            var copy = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }
    }
}
