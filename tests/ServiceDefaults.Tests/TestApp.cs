using System.Net;
using Microsoft.AspNetCore.Builder;

namespace PortalServices.ServiceDefaults.Tests;

/// <summary>A small application with the service defaults, on real sockets of its own.</summary>
internal sealed class TestApp : IAsyncDisposable
{
    public const string SiteFile =
        """{"sites":[{"id":"sonla","name":"Sơn La"},{"id":"english","name":"English","language":"en"}]}""";

    readonly WebApplication _app;
    readonly string _sites;

    TestApp(WebApplication app, string sites) => (_app, _sites) = (app, sites);

    public HttpClient Client { get; } = new();

    public static Task<TestApp> StartAsync(Action<WebApplication> map, params string[] settings) => StartAsync(_ => { }, map, settings);

    public static async Task<TestApp> StartAsync(Action<WebApplicationBuilder> configure, Action<WebApplication> map, params string[] settings)
    {
        var sites = Path.GetTempFileName();
        await File.WriteAllTextAsync(sites, SiteFile);
        var builder = PortalProcess.CreateBuilder(
        [
            $"--Sites:File={sites}",
            "--Kestrel:Endpoints:Public:Url=http://127.0.0.1:0",
            "--Kestrel:Endpoints:Operators:Url=http://127.0.0.1:0",
            "--Kestrel:Endpoints:Probe:Url=http://127.0.0.1:0",
            "--Kestrel:Endpoints:Internal:Url=http://127.0.0.1:0",
            "--Kestrel:Endpoints:Internal:Protocols=Http2",
            "--Logging:LogLevel:Default=None",
            .. settings,
        ]);
        builder.AddServiceDefaults();
        configure(builder);
        var app = builder.Build();
        app.UseServiceDefaults();
        map(app);
        await app.StartAsync();
        return new TestApp(app, sites);
    }

    public Uri At(Door door, string path = "/") => new(_app.OpenDoors()[door], path);

    /// <summary>Sends a request as the door speaks it: h2c to the internal one, HTTP/1.1 to the others.</summary>
    public Task<HttpResponseMessage> SendAsync(Door door, HttpMethod method, string path, HttpContent? content = null, params (string, string)[] headers)
    {
        var message = new HttpRequestMessage(method, At(door, path))
        {
            Content = content,
            Version = door is Door.Internal ? HttpVersion.Version20 : HttpVersion.Version11,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        foreach (var (name, value) in headers)
            message.Headers.TryAddWithoutValidation(name, value);
        return Client.SendAsync(message, TestContext.Current.CancellationToken);
    }

    public Task<HttpResponseMessage> GetAsync(Door door, string path, params (string, string)[] headers) =>
        SendAsync(door, HttpMethod.Get, path, null, headers);

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.DisposeAsync();
        File.Delete(_sites);
    }
}
