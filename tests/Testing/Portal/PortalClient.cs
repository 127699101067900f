using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text;

namespace PortalServices.Testing.Portal;

/// <summary>A client at one door: what a portal's frontend does, over real HTTP.</summary>
public sealed class PortalClient(Uri door, bool http2 = false) : IDisposable
{
    private readonly ConcurrentDictionary<IPAddress, HttpClient> _clients = new();

    /// <summary>The door's address.</summary>
    public Uri Door => door;

    /// <summary>Records a view.</summary>
    public Task<Reply> ViewAsync(string site, ViewCall call, CancellationToken cancel)
    {
        var query = call.Minimal ? "?return=minimal" : "";
        if (call.Form == ViewForm.Query)
        {
            query +=
                (query == "" ? "?" : "&")
                + string.Join('&', Fields(call).Select(f => $"{f.Key}={Uri.EscapeDataString(f.Value)}"));
        }

        var message = Message(HttpMethod.Post, $"/api/sites/{site}/views{query}", call.UserAgent, call.Headers);
        message.Content = call.Form switch
        {
            ViewForm.Json => JsonContent.Create(Body(call)),
            ViewForm.Text => JsonContent.Create(Body(call), new MediaTypeHeaderValue("text/plain")),
            _ => null,
        };
        return SendAsync(message, cancel, call.From);
    }

    /// <summary>Reads the site's box, with a page's numbers if one is named.</summary>
    public Task<Reply> StatsAsync(string site, CancellationToken cancel, string? page = null) =>
        GetAsync($"/api/sites/{site}/stats" + (page is null ? "" : $"?page={Uri.EscapeDataString(page)}"), cancel);

    /// <summary>Reads up to 20 pages.</summary>
    public Task<Reply> PagesAsync(string site, IEnumerable<string> paths, CancellationToken cancel) =>
        GetAsync(
            $"/api/sites/{site}/pages?" + string.Join('&', paths.Select(path => $"path={Uri.EscapeDataString(path)}")),
            cancel
        );

    /// <summary>Reads up to 100 pages.</summary>
    public Task<Reply> QueryPagesAsync(string site, IEnumerable<string> paths, CancellationToken cancel)
    {
        var message = Message(HttpMethod.Post, $"/api/sites/{site}/pages/query", ViewCall.Browser, null);
        message.Content = JsonContent.Create(new { paths });
        return SendAsync(message, cancel);
    }

    /// <summary>GET, with the headers given.</summary>
    public Task<Reply> GetAsync(string path, CancellationToken cancel, params (string Name, string Value)[] headers) =>
        SendAsync(
            Message(HttpMethod.Get, path, ViewCall.Browser, headers.ToDictionary(h => h.Name, h => h.Value)),
            cancel
        );

    /// <summary>GET of what is no text.</summary>
    public async Task<(int Status, string? MediaType, byte[] Content)> GetBytesAsync(
        string path,
        CancellationToken cancel
    )
    {
        using var message = Message(HttpMethod.Get, path, ViewCall.Browser, null);
        using var answer = await _clients.GetOrAdd(IPAddress.Loopback, NewClient).SendAsync(message, cancel);
        return (
            (int)answer.StatusCode,
            answer.Content.Headers.ContentType?.MediaType,
            await answer.Content.ReadAsByteArrayAsync(cancel)
        );
    }

    /// <summary>POST of a text as it stands.</summary>
    public Task<Reply> PostAsync(
        string path,
        string body,
        string mediaType,
        CancellationToken cancel,
        params (string Name, string Value)[] headers
    )
    {
        var message = Message(HttpMethod.Post, path, ViewCall.Browser, headers.ToDictionary(h => h.Name, h => h.Value));
        message.Content = new StringContent(body, Encoding.UTF8, mediaType);
        return SendAsync(message, cancel);
    }

    /// <summary>Sends a request, from the loopback address given.</summary>
    public async Task<Reply> SendAsync(HttpRequestMessage message, CancellationToken cancel, IPAddress? from = null)
    {
        using (message)
        {
            using var answer = await _clients
                .GetOrAdd(from ?? IPAddress.Loopback, NewClient)
                .SendAsync(message, cancel);
            return await Reply.ReadAsync(answer, cancel);
        }
    }

    /// <summary>A request with its headers unchecked, so that nonsense can be sent too.</summary>
    public HttpRequestMessage Message(
        HttpMethod method,
        string path,
        string? userAgent,
        IReadOnlyDictionary<string, string>? headers
    )
    {
        var message = new HttpRequestMessage(method, new Uri(door, path))
        {
            Version = http2 ? HttpVersion.Version20 : HttpVersion.Version11,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        if (userAgent is not null)
        {
            message.Headers.TryAddWithoutValidation("User-Agent", userAgent);
        }
        foreach (var (name, value) in headers ?? new Dictionary<string, string>())
        {
            message.Headers.TryAddWithoutValidation(name, value);
        }
        return message;
    }

    /// <inheritdoc />
    public void Dispose()
    {
        foreach (var client in _clients.Values)
        {
            client.Dispose();
        }
    }

    private static HttpClient NewClient(IPAddress from) =>
        new(
            new SocketsHttpHandler
            {
                UseProxy = false,
                UseCookies = false,
                AllowAutoRedirect = false,
                EnableMultipleHttp2Connections = true,
                ConnectCallback = async (context, cancel) =>
                {
                    var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp)
                    {
                        NoDelay = true,
                    };
                    try
                    {
                        socket.Bind(new IPEndPoint(from, 0));
                        await socket.ConnectAsync(IPAddress.Loopback, context.DnsEndPoint.Port, cancel);
                        return new NetworkStream(socket, ownsSocket: true);
                    }
                    catch
                    {
                        socket.Dispose();
                        throw;
                    }
                },
            }
        )
        {
            Timeout = TimeSpan.FromSeconds(60),
        };

    private static Dictionary<string, object> Body(ViewCall call) =>
        Fields(call)
            .ToDictionary(
                field => field.Key,
                field => field.Key == "age" && long.TryParse(field.Value, out var number) ? (object)number : field.Value
            );

    private static IEnumerable<KeyValuePair<string, string>> Fields(ViewCall call)
    {
        if (call.Page is not null)
        {
            yield return new("page", call.Page);
        }
        if (call.View is not null)
        {
            yield return new("view", call.View);
        }
        if (call.Age is not null)
        {
            yield return new("age", call.Age);
        }
        if (call.Referrer is not null)
        {
            yield return new("referrer", call.Referrer);
        }
    }
}
