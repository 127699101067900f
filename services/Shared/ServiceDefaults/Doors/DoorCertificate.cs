using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace PortalServices.ServiceDefaults.Doors;

/// <summary>
/// The certificates of the doors, looked at before the server does: it would say what is wrong with one, and not with
/// which.
/// </summary>
internal static class DoorCertificate
{
    public static bool IsSet(IConfigurationSection certificate) =>
        !string.IsNullOrEmpty(certificate["Path"]) || !string.IsNullOrEmpty(certificate["Subject"]);

    /// <summary>Why the certificate that a section names cannot be used, or null.</summary>
    public static string? Mistake(IConfigurationSection certificate)
    {
        var (path, key) = (InProgramFolder(certificate["Path"]), InProgramFolder(certificate["KeyPath"]));
        if (path is null)
        {
            return IsSet(certificate) ? FindInStore(certificate) : null;
        }
        X509Certificate2? loaded = null;
        var setting = "Path";
        try
        {
            loaded = Load(path, certificate["Password"]);
            setting = "KeyPath";
            if (key is not null)
            {
                AddKey(loaded, key, certificate["Password"]);
            }
            else if (!loaded.HasPrivateKey)
            {
                return $"{certificate.Path}:{setting}: {path} holds no private key, and none is named";
            }
            return null;
        }
        catch (Exception unusable)
            when (unusable is IOException or UnauthorizedAccessException or CryptographicException or ArgumentException)
        {
            return $"{certificate.Path}:{setting}: {unusable.Message}";
        }
        finally
        {
            loaded?.Dispose();
        }
    }

    private static X509Certificate2 Load(string path, string? password) =>
        X509Certificate2.GetCertContentType(path) is X509ContentType.Pfx
            ? X509CertificateLoader.LoadPkcs12FromFile(path, password)
            : X509CertificateLoader.LoadCertificateFromFile(path);

    private static void AddKey(X509Certificate2 certificate, string path, string? password)
    {
        var (text, key) = (certificate.ExportCertificatePem(), File.ReadAllText(path));
        using var both = password is null
            ? X509Certificate2.CreateFromPem(text, key)
            : X509Certificate2.CreateFromEncryptedPem(text, key, password);
    }

    private static string? FindInStore(IConfigurationSection certificate)
    {
        var location = Enum.TryParse<StoreLocation>(certificate["Location"], ignoreCase: true, out var chosen)
            ? chosen
            : StoreLocation.CurrentUser;
        try
        {
            using var store = new X509Store(certificate["Store"] is { Length: > 0 } name ? name : "My", location);
            store.Open(OpenFlags.ReadOnly | OpenFlags.OpenExistingOnly);
            return store
                .Certificates.Find(X509FindType.FindBySubjectName, certificate["Subject"]!, validOnly: false)
                .Any(each => each.HasPrivateKey)
                ? null
                : $"{certificate.Path}:Subject: the store has no such certificate with its private key";
        }
        catch (CryptographicException missing)
        {
            return $"{certificate.Path}:{(string.IsNullOrEmpty(certificate["Store"]) ? "Subject" : "Store")}: {missing.Message}";
        }
    }

    private static string? InProgramFolder(string? path) =>
        string.IsNullOrEmpty(path) ? null : Path.Combine(AppContext.BaseDirectory, path);
}
