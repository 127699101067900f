namespace PortalServices.Standalone.Backups;

/// <summary>What a backup is asked for with, and what <c>--restore</c> is given.</summary>
/// <param name="Folder">The folder of the backup, absolute.</param>
/// <param name="Secrets">The folder of the secrets, absolute; null for none.</param>
internal sealed record BackupRequest(string Folder, string? Secrets)
{
    private const int MaxPath = 4_096;

    /// <summary>Reads the arguments of a command.</summary>
    /// <param name="args">The command's switch, its folder, and perhaps the switch of the secrets with theirs.</param>
    /// <param name="secretsSwitch">That switch.</param>
    public static BackupRequest Read(string[] args, string secretsSwitch) =>
        args switch
        {
            [_, var folder] when IsFolder(folder) => new(Absolute(folder), null),
            [_, var folder, var other, var secrets]
                when other == secretsSwitch && IsFolder(folder) && IsFolder(secrets) => new(
                Absolute(folder),
                Absolute(secrets)
            ),
            _ => throw new StartupException(
                $"{args[0]}: give it a folder, and perhaps one for the secrets: {args[0]} DIR [{secretsSwitch} DIR]"
            ),
        };

    /// <summary>Refuses folders that lie in one another or in the data, once links are followed.</summary>
    /// <param name="command">For the message.</param>
    /// <param name="data">The data folder.</param>
    public void CheckPlaces(string command, string data)
    {
        CheckApart(command, Folder, data);
        if (Secrets is not null)
        {
            CheckApart(command, Secrets, data);
            CheckApart(command, Secrets, Folder);
        }
    }

    private static void CheckApart(string command, string folder, string other)
    {
        var (a, b) = (Resolve(folder), Resolve(other));
        if (a == b || IsIn(a, b) || IsIn(b, a))
        {
            throw new StartupException($"{command}: {folder} and {other} must not lie in one another");
        }
    }

    private static bool IsIn(string inner, string outer) =>
        inner.StartsWith(
            Path.TrimEndingDirectorySeparator(outer) + Path.DirectorySeparatorChar,
            StringComparison.Ordinal
        );

    // The nearest folder that is there, with its links followed, and the rest of the path.
    internal static string Resolve(string path)
    {
        var root = Path.GetPathRoot(path)!;
        var resolved = root;
        foreach (
            var part in path[root.Length..].Split(Path.DirectorySeparatorChar, StringSplitOptions.RemoveEmptyEntries)
        )
        {
            resolved = Path.Combine(resolved, part);
            var entry = new DirectoryInfo(resolved);
            if (entry.LinkTarget is not null && entry.ResolveLinkTarget(returnFinalTarget: true) is { } target)
            {
                resolved = target.FullName;
            }
        }
        return resolved;
    }

    private static bool IsFolder(string word) =>
        word.Length is > 0 and <= MaxPath
        && !word.StartsWith("--", StringComparison.Ordinal)
        && !word.Any(char.IsControl);

    private static string Absolute(string folder) => Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));
}
