using System.Net;
using PortalServices.Edge.Tests.Proxy;
using PortalServices.Testing;
using PortalServices.Testing.Processes;

namespace PortalServices.Edge.Tests.Hosts;

/// <summary>A certificate on the public door, of each host that has one, as docs/operations.md says.</summary>
public sealed class TlsTests : IDisposable
{
    private const string Url = "--Kestrel:Endpoints:Public:Url=https://127.0.0.1:0",
        Certificate = "Kestrel:Endpoints:Public:Certificate";
    private readonly TemporaryDirectory _folder = new();
    private readonly SelfMadeCertificate _certificate = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _certificate.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData("1.1")]
    [InlineData("2.0")]
    public async Task The_gateway_takes_a_certificate_with_its_key_and_tells_the_services(string version)
    {
        _certificate.WritePem(_folder.File("cert.pem"), _folder.File("key.pem"));
        await using var backend = await Backend.StartAsync();
        await using var gateway = await GatewayProcess.StartAsync(
            backend,
            Url,
            $"--{Certificate}:Path={_folder.File("cert.pem")}",
            $"--{Certificate}:KeyPath={_folder.File("key.pem")}",
            $"--Kestrel:Endpoints:Public:Protocols={(version == "2.0" ? "Http1AndHttp2" : "Http1")}"
        );
        using var client = _certificate.Client();
        var door = gateway.Host.Door("Public");
        Assert.Equal("https", door.Scheme);
        // The door's own origin is not foreign: its scheme is that of the connection.
        using var message = new HttpRequestMessage(HttpMethod.Get, new Uri(door, "/api/sites/sonla/stats"))
        {
            Version = Version.Parse(version),
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Headers = { { "Origin", door.GetLeftPart(UriPartial.Authority) } },
        };
        using var reply = await client.SendAsync(message, Cancel);
        var seen = await reply.SeenAsync();
        Assert.Equal(
            (door.GetLeftPart(UriPartial.Authority), "max-age=31536000"),
            (seen.Origin, reply.Header("Strict-Transport-Security"))
        );

        using var plain = new HttpClient();
        await Assert.ThrowsAsync<HttpRequestException>(() =>
            plain.GetAsync(new Uri($"http://{door.Authority}/api/sites/sonla/stats"), Cancel)
        );
    }

    [Fact]
    public async Task Visitors_get_HTTP_1_unless_HTTP_2_is_turned_on()
    {
        _certificate.WritePem(_folder.File("cert.pem"), _folder.File("key.pem"));
        await using var backend = await Backend.StartAsync();
        await using var gateway = await GatewayProcess.StartAsync(
            backend,
            Url,
            $"--{Certificate}:Path={_folder.File("cert.pem")}",
            $"--{Certificate}:KeyPath={_folder.File("key.pem")}"
        );
        using var client = _certificate.Client();
        using var message = new HttpRequestMessage(
            HttpMethod.Get,
            new Uri(gateway.Host.Door("Public"), "/api/sites/sonla/stats")
        )
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionOrLower,
        };
        using var reply = await client.SendAsync(message, Cancel);
        Assert.Equal((HttpStatusCode.OK, HttpVersion.Version11), (reply.StatusCode, reply.Version));
    }

    [Theory]
    [InlineData("gateway/Gateway")]
    [InlineData("services/Standalone")]
    public async Task A_certificate_with_a_password_has_it_from_a_file(string host)
    {
        const string Password = "mật khẩu";
        _certificate.WritePfx(_folder.File("cert.pfx"), Password);
        Directory.CreateDirectory(_folder.File("secrets"));
        var secret = _folder.File($"secrets/{Certificate.Replace(":", "__", StringComparison.Ordinal)}__Password");
        await File.WriteAllTextAsync(secret, Password + "\n", Cancel);
        string[] arguments =
        [
            Url,
            "--Kestrel:Endpoints:Operators:Url=http://127.0.0.1:0",
            "--Kestrel:Endpoints:Probe:Url=http://127.0.0.1:0",
            $"--{Certificate}:Path={_folder.File("cert.pfx")}",
            $"--Secrets:Directory={_folder.File("secrets")}",
            .. host == "services/Standalone" ? (string[])["--data", _folder.File("data")] : [],
        ];
        await using (var process = await HostProcess.StartAsync(host, arguments))
        {
            using var client = _certificate.Client();
            using var reply = await client.GetAsync(new Uri(process.Door("Public"), "/api/sites/sonla/stats"), Cancel);
            Assert.Equal(
                host == "services/Standalone" ? HttpStatusCode.OK : HttpStatusCode.ServiceUnavailable,
                reply.StatusCode
            );
        }

        await File.WriteAllTextAsync(secret, "wrong", Cancel);
        var run = await HostProcess.RunAsync(host, arguments);
        Assert.Equal(1, run.ExitCode);
        Assert.Single(run.Errors);
    }

    [Theory]
    [InlineData("gateway/Gateway")]
    [InlineData("services/Standalone")]
    public async Task A_folder_of_secrets_that_was_set_and_is_not_there_stops_the_start(string host)
    {
        var run = await HostProcess.RunAsync(host, [$"--Secrets:Directory={_folder.File("nowhere")}"]);
        Assert.Equal(1, run.ExitCode);
        Assert.StartsWith(
            $"Secrets:Directory: Could not find a part of the path '{_folder.File("nowhere")}",
            Assert.Single(run.Errors),
            StringComparison.Ordinal
        );
    }
}
