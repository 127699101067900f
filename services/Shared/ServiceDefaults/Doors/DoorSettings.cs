using System.Security.Authentication;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;

namespace PortalServices.ServiceDefaults.Doors;

/// <summary>
/// What the section <c>Kestrel</c> may hold: what the server reads of it, and of that what is right for a door.
/// </summary>
internal static class DoorSettings
{
    public const string Kestrel = "Kestrel";

    /// <summary>What an address that is not https has no use for, by which the server would refuse it.</summary>
    public static readonly string[] OfHttps = [Certificate, "ClientCertificateMode", "Sni", "SslProtocols"];

    public const string Certificate = "Certificate";

    // HTTP/3 would come in beside the door: its connections are not marked with it.
    private static readonly SettingShape Protocols = OneOf(
        nameof(HttpProtocols.Http1),
        nameof(HttpProtocols.Http2),
        nameof(HttpProtocols.Http1AndHttp2)
    );

    private static readonly SettingShape Tls = OneOf(nameof(SslProtocols.Tls12), nameof(SslProtocols.Tls13));

    private static readonly SettingShape CertificateShape = SettingShape.Section(
        ("Path", SettingShape.Text),
        ("KeyPath", SettingShape.Text),
        ("Password", SettingShape.Text),
        ("Subject", SettingShape.Text),
        ("Store", SettingShape.Text),
        ("Location", SettingShape.Of(typeof(System.Security.Cryptography.X509Certificates.StoreLocation))),
        ("AllowInvalid", SettingShape.Of(typeof(bool)))
    );

    private static readonly Dictionary<string, SettingShape> Connection = new()
    {
        ["Protocols"] = Protocols,
        ["SslProtocols"] = SettingShape.List(Tls),
        ["ClientCertificateMode"] = SettingShape.Of(typeof(ClientCertificateMode)),
    };

    private static readonly Dictionary<string, SettingShape> WithCertificate = new(Connection)
    {
        [Certificate] = CertificateShape,
    };

    public static SettingShape Shape { get; } =
        SettingShape.Section(
            new Dictionary<string, SettingShape>
            {
                ["Endpoints"] = SettingShape.Map(
                    SettingShape.Section(
                        new Dictionary<string, SettingShape>(WithCertificate)
                        {
                            // Checked with the door.
                            ["Url"] = SettingShape.Text,
                            ["Sni"] = SettingShape.Map(SettingShape.Section(WithCertificate)),
                        }
                    )
                ),
                ["EndpointDefaults"] = SettingShape.Section(Connection),
                ["Certificates"] = SettingShape.Section(("Default", CertificateShape)),
            },
            new Dictionary<string, string>
            {
                ["Limits"] =
                    "limits of connections are in the section Connections, those of requests in the section Edge",
            }
        );

    private static SettingShape OneOf(params string[] allowed) =>
        SettingShape.Value(text =>
            allowed.Contains(text, StringComparer.OrdinalIgnoreCase)
                ? null
                : $"'{text}' is not one of {string.Join(", ", allowed)}"
        );
}
