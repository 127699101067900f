using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using PortalServices.Frames;
using PortalServices.ServiceDefaults;
using PortalServices.ServiceDefaults.Doors;
using PortalServices.ServiceDefaults.Hosting;
using PortalServices.Sites;
using PortalServices.Testing;

namespace PortalServices.InProcess;

/// <summary>
/// An application made of parts of the product, inside the test's process and on real sockets of its own.
/// </summary>
public sealed class TestApp : IAsyncDisposable
{
    /// <summary>Its sites: one of each language, and the origins that one of them lists.</summary>
    public const string Sites = """
        {"sites":[{"id":"sonla","name":"Sơn La","origins":["https://portal.example","https://www.portal.example"]},
        {"id":"english","name":"English","language":"en"}]}
        """;

    private readonly WebApplication _app;
    private readonly FakeTimeProvider? _clock;

    private TestApp(WebApplication app, string sites) =>
        (_app, _clock, SitesFile) = (app, app.Services.GetRequiredService<TimeProvider>() as FakeTimeProvider, sites);

    /// <summary>The file its sites were read from, for another process that shall have the same.</summary>
    public string SitesFile { get; }

    /// <summary>Talks to it.</summary>
    public HttpClient Client { get; } =
        new(
            new SocketsHttpHandler
            {
                AllowAutoRedirect = false,
                UseCookies = false,
                RequestHeaderEncodingSelector = (_, _) => System.Text.Encoding.UTF8,
            }
        );

    /// <summary>Its parts.</summary>
    public IServiceProvider Services => _app.Services;

    /// <summary>Starts an application with the service defaults and all four doors.</summary>
    public static Task<TestApp> StartAsync(Action<WebApplication> map, params string[] settings) =>
        StartAsync(_ => { }, map, settings);

    /// <summary>
    /// Starts an application with the service defaults, all four doors and more parts. A setting without dashes
    /// (<c>NAME=value</c>) is one that cannot be given on a command line.
    /// </summary>
    public static async Task<TestApp> StartAsync(
        Action<WebApplicationBuilder> configure,
        Action<WebApplication> map,
        params string[] settings
    )
    {
        var sites = Path.GetTempFileName();
        await File.WriteAllTextAsync(sites, Sites);
        var builder = PortalProcess.CreateBuilder([
            $"--Sites:File={sites}",
            "--Kestrel:Endpoints:Public:Url=http://127.0.0.1:0",
            "--Kestrel:Endpoints:Operators:Url=http://127.0.0.1:0",
            "--Kestrel:Endpoints:Probe:Url=http://127.0.0.1:0",
            "--Kestrel:Endpoints:Internal:Url=http://127.0.0.1:0",
            "--Kestrel:Endpoints:Internal:Protocols=Http2",
            "--Logging:LogLevel:Default=None",
            .. settings.Where(IsArgument),
        ]);
        builder.Configuration.AddInMemoryCollection(
            settings
                .Where(setting => !IsArgument(setting))
                .Select(setting => setting.Split('=', 2))
                .Select(pair => KeyValuePair.Create(pair[0], (string?)pair[1]))
        );
        builder.AddServiceDefaults().AddFrameDoor();
        builder.Services.AddSites();
        configure(builder);
        var app = builder.Build();
        app.UseFrameDoor().UseServiceDefaults();
        map(app);
        await app.StartAsync();
        return new TestApp(app, sites);
    }

    private static bool IsArgument(string setting) => setting.StartsWith("--", StringComparison.Ordinal);

    /// <summary>An address at a door.</summary>
    public Uri At(Door door, string path = "/") => new(_app.OpenDoors()[door], path);

    /// <summary>Sends a request as the door speaks it: h2c to the internal one, HTTP/1.1 to the others.</summary>
    public async Task<HttpResponseMessage> SendAsync(
        Door door,
        HttpMethod method,
        string path,
        HttpContent? content = null,
        params (string Name, string Value)[] headers
    )
    {
        using var message = new HttpRequestMessage(method, At(door, path))
        {
            Content = content,
            Version = door is Door.Internal ? HttpVersion.Version20 : HttpVersion.Version11,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        foreach (var (name, value) in headers)
        {
            message.Headers.TryAddWithoutValidation(name, value);
        }
        return await Client.SendAsync(message);
    }

    /// <summary>GET.</summary>
    public Task<HttpResponseMessage> GetAsync(Door door, string path, params (string Name, string Value)[] headers) =>
        SendAsync(door, HttpMethod.Get, path, null, headers);

    /// <summary>Asks it to end, as SIGTERM does.</summary>
    public Task StopAsync() => _app.StopAsync();

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        var stopping = _app.StopAsync();
        // A clock that stands still would let its end wait for as long as a host may take.
        if (_clock is not null)
        {
            await Eventually.HoldsAsync(
                () =>
                {
                    _clock.Advance(TimeSpan.FromMilliseconds(20));
                    return stopping.IsCompleted;
                },
                "it has stopped",
                CancellationToken.None
            );
        }

        await stopping;
        await _app.DisposeAsync();
        File.Delete(SitesFile);
    }
}
