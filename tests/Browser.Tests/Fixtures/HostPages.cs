using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using PortalServices.Testing.Processes;

namespace PortalServices.Browser.Tests.Fixtures;

/// <summary>A webmaster's server: the same pages at two origins, of which the sites list one.</summary>
public sealed class HostPages : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, (string Text, string Type, string? Policy)> _files = new();
    private readonly ConcurrentDictionary<string, int> _served = new();
    private readonly WebApplication _server;

    private HostPages(WebApplication server) => _server = server;

    /// <summary>The origin that sites list.</summary>
    public string Listed { get; } = $"http://127.0.0.1:{Ports.Free()}";

    /// <summary>The origin that no site lists.</summary>
    public string Foreign { get; } = $"http://127.0.0.1:{Ports.Free()}";

    /// <summary>Starts it.</summary>
    public static async Task<HostPages> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        var pages = new HostPages(builder.Build());
        pages._server.Urls.Add(pages.Listed);
        pages._server.Urls.Add(pages.Foreign);
        pages._server.Run(pages.ServeAsync);
        // Browsers ask for it by themselves.
        pages.Put("/favicon.ico", "", "image/x-icon");
        await pages._server.StartAsync();
        return pages;
    }

    /// <summary>Serves a file from now on.</summary>
    /// <param name="path">Its path.</param>
    /// <param name="text">What it is.</param>
    /// <param name="type">Its media type.</param>
    /// <param name="policy">Its content security policy.</param>
    public void Put(string path, string text, string type = "text/html", string? policy = null) =>
        _files[path] = (text, type, policy);

    /// <summary>How often a file was fetched.</summary>
    public int Served(string path) => _served.GetValueOrDefault(path);

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private Task ServeAsync(HttpContext http)
    {
        if (!_files.TryGetValue(http.Request.Path, out var file))
        {
            http.Response.StatusCode = StatusCodes.Status404NotFound;
            return Task.CompletedTask;
        }
        _served.AddOrUpdate(http.Request.Path, 1, (_, count) => count + 1);
        http.Response.ContentType = $"{file.Type}; charset=utf-8";
        if (file.Policy is not null)
        {
            http.Response.Headers.ContentSecurityPolicy = file.Policy;
        }
        return http.Response.WriteAsync(file.Text);
    }
}
