using System.Globalization;
using System.IO.Hashing;

namespace PortalServices.Standalone.Store;

/// <summary>
/// The files of the newest checkpoint with their sizes and hashes, noted beside them. The store itself takes a
/// checkpoint whose files were shortened for a smaller one, and would start with the numbers that are left.
/// </summary>
/// <remarks>
/// There is no note while a checkpoint is written: what a killed process left behind is the store's to sort out, and it
/// does.
/// </remarks>
internal sealed class CheckpointFiles(string storeFolder)
{
    // The last file of a checkpoint that the store writes, in a folder for each; the index beside it is not needed.
    private const string Records = "cpr-checkpoints",
        LastFile = "info.dat";
    private readonly string _folder = Path.Combine(storeFolder, "Store", "checkpoints");
    private readonly string _note = Path.Combine(storeFolder, "checkpoint-files");

    /// <summary>Before a checkpoint is written: forgets the last one, and remembers what is there.</summary>
    public IReadOnlySet<string> BeforeWriting()
    {
        File.Delete(_note);
        return Files().ToHashSet(StringComparer.Ordinal);
    }

    /// <summary>Notes the files that a written checkpoint added.</summary>
    public void Note(IReadOnlySet<string> before)
    {
        var unfinished = _note + ".new";
        File.WriteAllLines(unfinished, Files().Where(file => !before.Contains(file)).Select(Describe));
        File.Move(unfinished, _note, overwrite: true);
    }

    /// <summary>What is wrong with the files, or null. Only reads.</summary>
    public string? FindDamage()
    {
        if (!File.Exists(_note))
        {
            return null;
        }
        foreach (var line in File.ReadLines(_note))
        {
            var file = line.Split(' ', 3)[^1];
            if (!File.Exists(Path.Combine(_folder, file)) || Describe(file) != line)
            {
                return $"{Path.Combine("Store", "checkpoints", file)} is missing or not what it was";
            }
        }

        return null;
    }

    /// <summary>The files that a written checkpoint added, in the store's folder.</summary>
    public IEnumerable<string> AddedSince(IReadOnlySet<string> before) =>
        Files().Where(file => !before.Contains(file)).Select(file => Path.Combine(_folder, file));

    /// <summary>Whether a whole checkpoint was added.</summary>
    public bool HaveNew(IReadOnlySet<string> before) =>
        Files()
            .Any(file =>
                !before.Contains(file)
                && file.StartsWith(Records + Path.DirectorySeparatorChar, StringComparison.Ordinal)
                && Path.GetFileName(file).StartsWith(LastFile, StringComparison.Ordinal)
                && new FileInfo(Path.Combine(_folder, file)).Length > 0
            );

    private IEnumerable<string> Files() =>
        Directory.Exists(_folder)
            ? Directory
                .EnumerateFiles(_folder, "*", SearchOption.AllDirectories)
                .Select(file => Path.GetRelativePath(_folder, file))
            : [];

    // Size, hash, path.
    private string Describe(string file)
    {
        using var content = new FileStream(
            Path.Combine(_folder, file),
            FileMode.Open,
            FileAccess.Read,
            FileShare.ReadWrite
        );
        var hash = new XxHash128();
        hash.Append(content);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{content.Length} {Convert.ToHexStringLower(hash.GetCurrentHash())} {file}"
        );
    }
}
