using System.Net.Http.Json;

namespace PortalServices.Content.Tests.ApiDocument;

/// <summary>Requests to one site, every reply to which is compared with the API document.</summary>
internal sealed class ComparedSession
{
    private readonly ContentApp _app;
    private readonly string _site;
    private readonly DocumentedReplies _documented;
    private readonly List<string> _mistakes = [];

    private ComparedSession(ContentApp app, DocumentedReplies documented) =>
        (_app, _site, _documented) = (app, app.NewSite(), documented);

    public IEnumerable<string> Unseen => _documented.Unseen;

    public static async Task<ComparedSession> StartAsync(ContentApp app) =>
        new(
            app,
            new DocumentedReplies(
                (await app.SendAsync(Door.Operators, HttpMethod.Get, "/openapi/content.json", null)).Json
            )
        );

    public void AssertAsDocumented() => Assert.Equal("", string.Join('\n', _mistakes));

    /// <summary>A change by the editor.</summary>
    public async Task<AppReply> EditAsync(HttpMethod method, string path, object? body = null, string? match = null) =>
        Compared(method, $"/api/operator/sites/{_site}/{path}", await _app.EditAsync(method, _site, path, body, match));

    /// <summary>POST to a public address.</summary>
    public async Task<AppReply> SendAsync(string path, object body)
    {
        path = $"/api/sites/{_site}/{path}";
        return Compared(
            HttpMethod.Post,
            path,
            await _app.SendAsync(Door.Public, HttpMethod.Post, path, JsonContent.Create(body))
        );
    }

    /// <summary>GET of a public address, and once more with the ETag of the reply.</summary>
    public Task ReadAsync(string path) =>
        ReadAsync($"/api/sites/{_site}/{path}".TrimEnd('/'), headers => _app.GetAsync(_site, path, headers));

    /// <summary>GET of an operators' address, and once more with the ETag of the reply.</summary>
    public Task<AppReply> ReadAsOperatorAsync(string path) =>
        ReadAsync($"/api/operator/sites/{_site}/{path}", headers => _app.ReadAsync(_site, path, headers));

    private async Task<AppReply> ReadAsync(string path, Func<(string Name, string Value)[], Task<AppReply>> read)
    {
        var first = Compared(HttpMethod.Get, path, await read([]));
        if (first.Tag is { } tag)
        {
            Compared(HttpMethod.Get, path, await read([("If-None-Match", tag)]));
        }
        return first;
    }

    private AppReply Compared(HttpMethod method, string path, AppReply reply)
    {
        _mistakes.AddRange(_documented.MistakesIn(method, path, reply));
        return reply;
    }
}
