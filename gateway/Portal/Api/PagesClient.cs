using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Microsoft.Net.Http.Headers;
using PortalServices.Portal.InProcess;

namespace PortalServices.Portal.Api;

/// <summary>
/// The one client by which pages reach the services: in Standalone those of this process, in the gateway those behind
/// it, by the same addresses as everybody. It takes no visitor's share of a limit; the pages have limits of their own.
/// </summary>
internal sealed class PagesClient : IDisposable
{
    private const int MaxReplyBytes = 4 * 1024 * 1024;
    private static readonly TimeSpan Idle = TimeSpan.FromMinutes(1);

    // Later versions of a reply may have more fields. One that lacks what a page needs is no reply.
    private static readonly JsonSerializerOptions Shapes = new(JsonSerializerDefaults.Web)
    {
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
    };
    private static readonly System.Net.Http.Headers.MediaTypeHeaderValue Json = new("application/json");

    private readonly HttpClient _client;
    private readonly TimeProvider _time;

    public PagesClient(InProcessListener listener, TimeProvider time)
    {
        _time = time;
        _client = new HttpClient(
            new SocketsHttpHandler
            {
                ConnectCallback = (_, cancel) => listener.ConnectAsync(cancel),
                PooledConnectionIdleTimeout = Idle,
                UseProxy = false,
                UseCookies = false,
                AllowAutoRedirect = false,
                // As visitors send theirs.
                RequestHeaderEncodingSelector = (_, _) => Encoding.UTF8,
            }
        )
        {
            // No name of the network: nothing is connected to but this process.
            BaseAddress = new Uri("http://in-process/"),
            MaxResponseContentBufferSize = MaxReplyBytes,
            Timeout = Timeout.InfiniteTimeSpan,
        };
    }

    /// <summary>
    /// Sends a request for a visitor, or for the pages themselves where that is null.
    /// </summary>
    /// <param name="request">The request.</param>
    /// <param name="visitor">For whom.</param>
    /// <param name="wait">After so long there is no reply.</param>
    /// <param name="cancel">Whoever waits has left.</param>
    /// <returns>The reply; null where none came.</returns>
    public async Task<HttpResponseMessage?> SendAsync(
        HttpRequestMessage request,
        Visitor? visitor,
        TimeSpan wait,
        CancellationToken cancel
    )
    {
        request.Headers.TryAddWithoutValidation(HeaderNames.AcceptLanguage, visitor?.Language);
        if (visitor?.UserAgent is { Length: > 0 } userAgent && !userAgent.Any(char.IsControl))
        {
            request.Headers.TryAddWithoutValidation(HeaderNames.UserAgent, userAgent);
        }
        if (visitor?.Address is { } address)
        {
            request.Headers.TryAddWithoutValidation(VisitorAddress.Header, address.ToString());
        }
        using var timeout = new CancellationTokenSource(wait, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancel, timeout.Token);
        try
        {
            return await _client.SendAsync(request, HttpCompletionOption.ResponseContentRead, either.Token);
        }
#pragma warning disable CA1031 // A connection that breaks off fails in many ways.
        catch (Exception)
#pragma warning restore CA1031
        {
            cancel.ThrowIfCancellationRequested();
            return null;
        }
    }

    /// <summary>A request with a JSON body.</summary>
    public static HttpRequestMessage Post(string path, object? body) =>
        new(HttpMethod.Post, path)
        {
            Content = body is null ? null : JsonContent.Create(body, body.GetType(), Json, Shapes),
        };

    /// <summary>Reads a reply; null where it is not of this shape.</summary>
    public static async Task<T?> ReadAsync<T>(HttpResponseMessage? reply, CancellationToken cancel)
        where T : class
    {
        try
        {
            return reply is null ? null : await reply.Content.ReadFromJsonAsync<T>(Shapes, cancel);
        }
        catch (Exception wrong) when (wrong is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    public void Dispose() => _client.Dispose();
}

/// <summary>Who looks at a page.</summary>
/// <param name="Address">After trusted forwarding.</param>
/// <param name="UserAgent">As it was sent.</param>
/// <param name="Language"><c>vi</c> or <c>en</c>, for the texts of problems.</param>
internal sealed record Visitor(System.Net.IPAddress? Address, string? UserAgent, string Language)
{
    public static Visitor Of(HttpContext context, string language) =>
        new(context.Connection.RemoteIpAddress, context.Request.Headers.UserAgent, language);
}
