using System.Net;
using System.Net.Sockets;
using System.Text;

namespace PortalServices.Edge.Tests.Connections;

/// <summary>One connection from a chosen address of this machine, HTTP/1.1 by hand.</summary>
internal sealed class Caller : IDisposable
{
    private readonly TcpClient _client;
    private readonly byte[] _buffer = new byte[64 * 1024];

    private Caller(TcpClient client) => _client = client;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static async Task<Caller> ConnectAsync(TestApp app, string from, Door door = Door.Public)
    {
        var client = new TcpClient(new IPEndPoint(IPAddress.Parse(from), 0)) { NoDelay = true };
        await client.ConnectAsync("127.0.0.1", app.At(door).Port, Cancel);
        return new Caller(client);
    }

    /// <summary>So many that send this, or nothing.</summary>
    public static async Task<Callers> ConnectAsync(TestApp app, string from, int count, string sent = "")
    {
        var callers = new Callers();
        for (var i = 0; i < count; i++)
        {
            callers.Add(await ConnectAsync(app, from));
            await callers[i].SendAsync(sent);
        }

        return callers;
    }

    public async Task SendAsync(string text) =>
        await _client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(text), Cancel);

    /// <summary>Sends a GET and returns the reply; what there is of it when the connection is closed.</summary>
    public async Task<string> GetAsync(string path = "/")
    {
        await SendAsync($"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n");
        var reply = await ReceiveAsync();
        while (
            reply.Contains("chunked", StringComparison.Ordinal)
            && !reply.EndsWith("0\r\n\r\n", StringComparison.Ordinal)
        )
        {
            if (await ReceiveAsync() is not { Length: > 0 } more)
            {
                break;
            }
            reply += more;
        }

        return reply;
    }

    /// <summary>What comes next; empty when the connection is closed.</summary>
    public async Task<string> ReceiveAsync()
    {
        try
        {
            return Encoding.ASCII.GetString(_buffer, 0, await _client.GetStream().ReadAsync(_buffer, Cancel));
        }
        catch (IOException)
        {
            return "";
        }
    }

    /// <summary>Whether the server has closed it, as far as is known by now.</summary>
    public bool IsClosed
    {
        get
        {
            try
            {
                // What is left of a reply comes before the end.
                while (_client.Client.Available > 0)
                {
                    _client.Client.Receive(_buffer);
                }
                return _client.Client.Poll(0, SelectMode.SelectRead) && _client.Client.Available == 0;
            }
            catch (SocketException)
            {
                return true;
            }
        }
    }

    public void Dispose() => _client.Dispose();
}

/// <summary>
/// Several clients, which close their connections before their server ends: it waits for those that are in use.
/// </summary>
internal sealed class Callers : List<Caller>, IDisposable
{
    public void Dispose() => ForEach(each => each.Dispose());
}
