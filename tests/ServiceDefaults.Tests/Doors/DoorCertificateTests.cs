using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Configuration;
using PortalServices.Testing;

namespace PortalServices.ServiceDefaults.Tests.Doors;

/// <summary>
/// A door for https has a certificate that can be used, or the start is refused with the key of the setting to change.
/// </summary>
public sealed class DoorCertificateTests : IDisposable
{
    private const string Door = "Kestrel:Endpoints:Public",
        Certificate = Door + ":Certificate";

    private readonly TemporaryDirectory _folder = new();

    public DoorCertificateTests()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var other = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var certificate = new CertificateRequest(
            "CN=portal.example",
            key,
            HashAlgorithmName.SHA256
        ).CreateSelfSigned(DateTimeOffset.UnixEpoch.AddYears(50), DateTimeOffset.UnixEpoch.AddYears(100));
        File.WriteAllText(_folder.File("portal.pem"), certificate.ExportCertificatePem());
        File.WriteAllBytes(_folder.File("portal.der"), certificate.Export(X509ContentType.Cert));
        File.WriteAllText(_folder.File("portal.key"), key.ExportPkcs8PrivateKeyPem());
        File.WriteAllText(
            _folder.File("locked.key"),
            key.ExportEncryptedPkcs8PrivateKeyPem(
                "secret",
                new(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, 1)
            )
        );
        File.WriteAllText(_folder.File("other.key"), other.ExportPkcs8PrivateKeyPem());
        File.WriteAllBytes(_folder.File("portal.pfx"), certificate.Export(X509ContentType.Pfx, "secret"));
        File.WriteAllText(_folder.File("broken"), "no certificate");
    }

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("Path=portal.pem", "KeyPath=portal.key")]
    [InlineData("Path=portal.der", "KeyPath=portal.key")]
    [InlineData("Path=portal.pem", "KeyPath=locked.key", "Password=secret")]
    [InlineData("Path=portal.pfx", "Password=secret")]
    public void One_that_can_be_used_is_accepted(params string[] settings) => Assert.Empty(Mistakes(settings));

    [Theory]
    [InlineData(Certificate + ":Path: https needs a certificate")]
    [InlineData(Certificate + ":Path: https needs a certificate", "Path=")]
    [InlineData(Certificate + ":Path: ", "Path=nowhere.pem", "KeyPath=portal.key")]
    [InlineData(Certificate + ":Path: ", "Path=nowhere.pfx")]
    [InlineData(Certificate + ":Path: ", "Path=broken", "KeyPath=portal.key")]
    [InlineData(Certificate + ":Path: ", "Path=portal.pfx", "Password=wrong")]
    [InlineData(Certificate + ":KeyPath: ", "Path=portal.pem")]
    [InlineData(Certificate + ":KeyPath: ", "Path=portal.pem", "KeyPath=nowhere.key")]
    [InlineData(Certificate + ":KeyPath: ", "Path=portal.pem", "KeyPath=other.key")]
    [InlineData(Certificate + ":KeyPath: ", "Path=portal.pem", "KeyPath=locked.key", "Password=wrong")]
    [InlineData(Certificate + ":Subject: ", "Subject=nobody.example")]
    public void One_that_cannot_is_named(string expected, params string[] settings) =>
        Assert.StartsWith(expected, Assert.Single(Mistakes(settings)), StringComparison.Ordinal);

    [Fact]
    public void One_for_all_doors_is_enough() =>
        Assert.Empty(
            new DoorList(
                Configuration(
                    new($"{Door}:Url", "https://127.0.0.1:0"),
                    new("Kestrel:Certificates:Default:Path", _folder.File("portal.pem")),
                    new("Kestrel:Certificates:Default:KeyPath", _folder.File("portal.key"))
                )
            ).FindMistakes()
        );

    [Fact]
    public void A_wrong_one_for_all_doors_is_named() =>
        Assert.StartsWith(
            "Kestrel:Certificates:Default:Path: ",
            Assert.Single(
                new DoorList(
                    Configuration(
                        new($"{Door}:Url", "http://127.0.0.1:0"),
                        new("Kestrel:Certificates:Default:Path", _folder.File("nowhere.pem"))
                    )
                ).FindMistakes()
            ),
            StringComparison.Ordinal
        );

    [Theory]
    [InlineData("Certificate:Path", "Certificate")]
    [InlineData("SslProtocols:0", "SslProtocols")]
    [InlineData("ClientCertificateMode", "ClientCertificateMode")]
    [InlineData("Sni:a.example:Certificate:Path", "Sni")]
    public void A_door_without_https_has_none(string key, string named) =>
        Assert.StartsWith(
            $"{Door}:{named}: ",
            Assert.Single(
                new DoorList(
                    Configuration(new($"{Door}:Url", "http://127.0.0.1:0"), new($"{Door}:{key}", "x"))
                ).FindMistakes()
            ),
            StringComparison.Ordinal
        );

    [Theory]
    [InlineData("http://192.0.2.1:8080")]
    [InlineData("http://[2001:db8::1]:8080")]
    public void An_address_of_another_machine_is_named(string url) =>
        Assert.StartsWith(
            $"{Door}:Url: {url}: ",
            Assert.Single(
                new DoorList(Configuration(new KeyValuePair<string, string?>($"{Door}:Url", url))).FindMistakes()
            ),
            StringComparison.Ordinal
        );

    private List<string> Mistakes(string[] settings) =>
        [
            .. new DoorList(
                Configuration([
                    new($"{Door}:Url", "https://127.0.0.1:0"),
                    .. settings
                        .Select(setting => setting.Split('='))
                        .Select(parts =>
                            KeyValuePair.Create(
                                $"{Certificate}:{parts[0]}",
                                (string?)(
                                    parts[0].EndsWith("Path", StringComparison.Ordinal) && parts[1].Length > 0
                                        ? _folder.File(parts[1])
                                        : parts[1]
                                )
                            )
                        ),
                ])
            ).FindMistakes(),
        ];

    private static IConfiguration Configuration(params KeyValuePair<string, string?>[] settings) =>
        new ConfigurationBuilder().AddInMemoryCollection(settings).Build();
}
