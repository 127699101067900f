using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using PortalServices.ServiceDefaults.Telemetry;

namespace PortalServices.ServiceDefaults.Doors;

/// <summary>
/// The certificates of the doors, looked at before the server does: it would say what is wrong with one, and not with
/// which.
/// </summary>
internal static class DoorCertificate
{
    private static readonly Meter Meter = new("PortalServices.Doors");

    // The sections that can name one: of a door, and of all that have none of their own.
    private static readonly MetricLabel OfDoor = new(
        "door",
        Enum.GetValues<Door>().Select(MetricLabel.NameOf).Append("default")
    );

    private static readonly ConcurrentDictionary<string, long> Ends = new(StringComparer.Ordinal);

    // They are looked at before anything listens to metrics.
    private static readonly ObservableGauge<long> End = Meter.CreateObservableGauge(
        Meter.Named("portal.doors.certificate.end", OfDoor),
        () => Ends.Select(each => new Measurement<long>(each.Value, OfDoor.With(each.Key))),
        "s",
        "When the certificate of a door ends, in seconds since 1970 UTC."
    );

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
            Record(certificate, loaded);
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
            var found = store
                .Certificates.Find(X509FindType.FindBySubjectName, certificate["Subject"]!, validOnly: false)
                .Where(each => each.HasPrivateKey)
                .MaxBy(each => each.NotAfter);
            if (found is not null)
            {
                Record(certificate, found);
                return null;
            }
            return $"{certificate.Path}:Subject: the store has no such certificate with its private key";
        }
        catch (CryptographicException missing)
        {
            return $"{certificate.Path}:{(string.IsNullOrEmpty(certificate["Store"]) ? "Subject" : "Store")}: {missing.Message}";
        }
    }

    // Kestrel:Endpoints:Public:Certificate, or Kestrel:Certificates:Default.
    private static void Record(IConfigurationSection section, X509Certificate2 certificate)
    {
        var words = section.Path.Split(':');
        var door = words[^1] == "Certificate" ? JsonNamingPolicy.CamelCase.ConvertName(words[^2]) : "default";
        Ends[door] = new DateTimeOffset(certificate.NotAfter).ToUnixTimeSeconds();
    }

    private static string? InProgramFolder(string? path) =>
        string.IsNullOrEmpty(path) ? null : Path.Combine(AppContext.BaseDirectory, path);
}
