using System.Net;
using System.Net.Sockets;

namespace PortalServices.Edge.Tests.Connections;

/// <summary>One HTTP/2 connection from a chosen address of this machine.</summary>
internal sealed class Http2Client : IDisposable
{
    private readonly HttpClient _client;

    private Http2Client(HttpClient client) => _client = client;

    public static Http2Client From(TestApp app, string address) =>
        new(
            new HttpClient(
                new SocketsHttpHandler
                {
                    EnableMultipleHttp2Connections = false,
                    ConnectCallback = async (context, cancel) =>
                    {
                        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp)
                        {
                            NoDelay = true,
                        };
                        socket.Bind(new IPEndPoint(IPAddress.Parse(address), 0));
                        await socket.ConnectAsync(context.DnsEndPoint, cancel);
                        return new NetworkStream(socket, ownsSocket: true);
                    },
                }
            )
            {
                BaseAddress = app.At(Door.Public),
            }
        );

    /// <summary>The status of a GET.</summary>
    public async Task<int> GetAsync(string path, string? header = null)
    {
        using var message = new HttpRequestMessage(HttpMethod.Get, path)
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        if (header is not null)
        {
            message.Headers.TryAddWithoutValidation("X-Long", header);
        }
        using var reply = await _client.SendAsync(message, TestContext.Current.CancellationToken);
        return (int)reply.StatusCode;
    }

    public void Dispose() => _client.Dispose();
}
