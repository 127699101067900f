using System.Net;
using System.Net.Sockets;
using PortalServices.Testing.Processes;

namespace PortalServices.Edge.Tests.Proxy;

/// <summary>The gateway as it is shipped, a process of its own, in front of stand-ins.</summary>
internal sealed class GatewayProcess : IAsyncDisposable
{
    public const string Project = "gateway/Gateway";

    private GatewayProcess(HostProcess host) => Host = host;

    public HostProcess Host { get; }

    public HttpClient Client { get; } = From("127.0.0.1");

    /// <summary>In front of stand-ins that are chosen at random, unless it is told otherwise.</summary>
    public static async Task<GatewayProcess> StartAsync(Backend first, params string[] more) =>
        new(
            await HostProcess.StartAsync(
                Project,
                [
                    .. Doors,
                    $"--Sites:File={first.App.SitesFile}",
                    "--ReverseProxy:Clusters:counting:LoadBalancingPolicy=LeastInFlightOfTwo",
                    .. first.Destination(1),
                    .. more,
                ]
            )
        );

    /// <summary>Every door on a port of the system's choice.</summary>
    public static string[] Doors =>
        [
            .. new[] { "Public", "Operators", "Probe" }.Select(door =>
                $"--Kestrel:Endpoints:{door}:Url=http://127.0.0.1:0"
            ),
        ];

    /// <summary>A client at another address of this machine.</summary>
    public static HttpClient From(string address) =>
        new(
            new SocketsHttpHandler
            {
                AllowAutoRedirect = false,
                UseCookies = false,
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
        );

    public Uri At(string path, string door = "Public") => new(Host.Door(door), path);

    public Task<HttpResponseMessage> GetAsync(string path, params (string, string)[] headers) =>
        SendAsync(HttpMethod.Get, path, null, null, headers);

    public async Task<HttpResponseMessage> SendAsync(
        HttpMethod method,
        string path,
        HttpContent? content = null,
        HttpClient? client = null,
        params (string Name, string Value)[] headers
    )
    {
        using var message = new HttpRequestMessage(method, At(path)) { Content = content };
        foreach (var (name, value) in headers)
        {
            message.Headers.TryAddWithoutValidation(name, value);
        }
        return await (client ?? Client).SendAsync(message, TestContext.Current.CancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await Host.DisposeAsync();
    }
}
