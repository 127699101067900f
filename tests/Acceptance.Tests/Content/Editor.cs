using System.Text;
using System.Text.Json;
using PortalServices.Testing.Portal;

namespace PortalServices.Acceptance.Tests.Content;

/// <summary>An editor of a site of their own.</summary>
internal sealed class Editor(Portal portal, string site, CancellationToken cancel)
{
    public string Site => site;

    /// <summary>Takes a site that nobody has used yet.</summary>
    public static async Task<Editor> OfNewSiteAsync(Portals portals, Shape shape, CancellationToken cancel)
    {
        var portal = await portals.InAsync(shape);
        return new Editor(portal, portal.NewSite(), cancel);
    }

    /// <summary>Writes a draft.</summary>
    public Task<Reply> WriteAsync(object article) => portal.WriteAsOperatorAsync(site, "articles", article, cancel);

    /// <summary>Writes a draft that must be taken, and publishes it.</summary>
    public async Task<JsonElement> PublishedAsync(string title, string body = "Nội dung.", string? category = null)
    {
        var draft = await WriteAsync(
            new
            {
                title,
                body,
                category,
            }
        );
        Assert.Equal(201, (int)draft.Status);
        var published = await ActAsync(draft.Json, "publish");
        Assert.Equal("published", published.Json.GetProperty("state").GetString());
        return published.Json;
    }

    /// <summary>Publishes or withdraws an article as it was read.</summary>
    public Task<Reply> ActAsync(JsonElement article, string action, object? body = null) =>
        portal.WriteAsOperatorAsync(site, $"articles/{Id(article)}/{action}", body, cancel, Match(article));

    /// <summary>Changes an article as it was read.</summary>
    public Task<Reply> ChangeAsync(JsonElement article, object to, string? match = null) =>
        SendAsync(
            HttpMethod.Put,
            $"articles/{Id(article)}",
            JsonSerializer.Serialize(to, JsonSerializerOptions.Web),
            match is null ? Match(article) : ("If-Match", match)
        );

    /// <summary>Sends what it is told to, to the operators' door.</summary>
    public Task<Reply> SendAsync(
        HttpMethod method,
        string path,
        string? json,
        params (string Name, string Value)[] headers
    ) =>
        SendAsync(
            method,
            path,
            json is null ? null : new StringContent(json, Encoding.UTF8, "application/json"),
            headers
        );

    /// <summary>Sends what it is told to, of any kind.</summary>
    public Task<Reply> SendAsync(
        HttpMethod method,
        string path,
        HttpContent? content,
        params (string Name, string Value)[] headers
    ) => portal.SendAsOperatorAsync(method, site, path, content, cancel, headers);

    /// <summary>Reads as a visitor.</summary>
    public Task<Reply> ReadAsync(string path, params (string Name, string Value)[] headers) =>
        portal.Public.GetAsync($"/api/sites/{site}/{path}", cancel, headers);

    /// <summary>The slugs of a list, in its order.</summary>
    public async Task<string[]> SlugsAsync(string query)
    {
        var reply = await ReadAsync("articles?" + query);
        Assert.Equal(200, (int)reply.Status);
        return
        [
            .. reply.Json.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("slug").GetString()!),
        ];
    }

    private static string Id(JsonElement article) => article.GetProperty("id").GetString()!;

    private static (string Name, string Value) Match(JsonElement article) =>
        ("If-Match", $"\"{article.GetProperty("version").GetInt64()}\"");
}
