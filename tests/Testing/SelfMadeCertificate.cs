using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace PortalServices.Testing;

/// <summary>A certificate for this machine that nobody but the test trusts.</summary>
public sealed class SelfMadeCertificate : IDisposable
{
    private readonly X509Certificate2 _certificate;

    /// <summary>Makes one for <c>localhost</c> and 127.0.0.1.</summary>
    public SelfMadeCertificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        var now = TimeProvider.System.GetUtcNow();
        _certificate = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
    }

    /// <summary>Writes it as two files of text, certificate and key.</summary>
    public void WritePem(string certificate, string key)
    {
        File.WriteAllText(certificate, _certificate.ExportCertificatePem());
        using var privateKey = _certificate.GetECDsaPrivateKey()!;
        File.WriteAllText(key, privateKey.ExportPkcs8PrivateKeyPem());
    }

    /// <summary>Writes it as one file with a password.</summary>
    public void WritePfx(string file, string password) =>
        File.WriteAllBytes(file, _certificate.ExportPkcs12(Pkcs12ExportPbeParameters.Pbes2Aes256Sha256, password));

    /// <summary>A client that trusts this certificate and no other.</summary>
    public HttpClient Client() =>
        new(
            new SocketsHttpHandler
            {
                SslOptions =
                {
                    RemoteCertificateValidationCallback = (_, shown, _, _) =>
                        shown?.GetCertHashString() == _certificate.GetCertHashString(),
                },
            }
        );

    /// <inheritdoc />
    public void Dispose() => _certificate.Dispose();
}
