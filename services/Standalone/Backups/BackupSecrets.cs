using System.Text;
using PortalServices.Counting;

namespace PortalServices.Standalone.Backups;

/// <summary>
/// The visitor secret and the administrator's key, in a folder of their own: the store and its secret together tell
/// whether an address was here.
/// </summary>
internal static class BackupSecrets
{
    public const string VisitorSecretName = "visitor-secret",
        OperatorKeyName = "operator.key";

    /// <summary>Whether the folder holds the same secrets already.</summary>
    public static bool AreIn(string folder, string visitorSecret, string? operatorKey) =>
        Directory.Exists(folder)
        && ReadLine(Path.Combine(folder, VisitorSecretName)) == visitorSecret
        && ReadLine(Path.Combine(folder, OperatorKeyName)) == operatorKey;

    /// <summary>Writes them.</summary>
    public static void Write(string folder, string visitorSecret, string? operatorKey)
    {
        DurableFiles.Write(Path.Combine(folder, VisitorSecretName), Encoding.UTF8.GetBytes(visitorSecret + "\n"));
        if (operatorKey is not null)
        {
            DurableFiles.Write(Path.Combine(folder, OperatorKeyName), Encoding.UTF8.GetBytes(operatorKey + "\n"));
        }
    }

    /// <summary>The line of a file; null where there is none.</summary>
    public static string? ReadLine(string path)
    {
        const int MaxBytes = 64 * 1024;
        return OrdinaryFile.IsThere(path) && new FileInfo(path).Length <= MaxBytes
            ? File.ReadAllText(path).Trim()
            : null;
    }

    /// <summary>
    /// What of a backup was made with another secret: the ledger of a site, or the backup itself; null for nothing.
    /// </summary>
    public static string? FindOther(BackupManifest manifest, string secret) =>
        manifest.Totals(BackupManifest.Counting)["sites"]!
            .AsObject()
            .Where(site =>
                site.Value!["listed"]?.GetValue<bool>() != false
                && site.Value!["secretCheck"]!.GetValue<string>() is { Length: > 0 } check
                && !CountingSetup.IsVisitorSecretCheck(check, secret, site.Key)
            )
            .Select(site => $"the ledger of {site.Key}")
            .FirstOrDefault()
        ?? (manifest.VisitorSecret == CountingSetup.VisitorSecretCheck(secret) ? null : "the backup");
}
