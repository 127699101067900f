using System.Buffers;
using System.Net;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;
using PortalServices.Frames.Calling;
using PortalServices.ServiceDefaults.Doors;
using PortalServices.Testing;

namespace PortalServices.InProcess;

/// <summary>The gateway's side of a connection, with requests made up for it.</summary>
public sealed class FrameCaller : IDisposable
{
    public static readonly FramedRoute Route = new([
        "Accept-Language",
        "Content-Type",
        "DNT",
        "Sec-GPC",
        "User-Agent",
        "X-Many",
    ]);

    private int _unavailable;

    public FrameCaller(Uri address, FrameLimits? limits = null, TimeProvider? time = null) =>
        Peer = new FramePeer(
            address,
            limits ?? new FrameLimits(),
            time ?? TimeProvider.System,
            NullLogger.Instance,
            () => Interlocked.Increment(ref _unavailable)
        );

    public FramePeer Peer { get; }

    /// <summary>How often the service was reported as not there.</summary>
    public int Unavailable => Volatile.Read(ref _unavailable);

    /// <summary>With a connection.</summary>
    public static async Task<FrameCaller> ConnectAsync(
        TestApp app,
        FrameLimits? limits = null,
        TimeProvider? time = null
    )
    {
        var caller = new FrameCaller(app.At(Door.Internal), limits, time);
        await caller.ConnectAsync();
        return caller;
    }

    public Task ConnectAsync() =>
        Eventually.HoldsAsync(
            async () => await Peer.ReadyAsync() == FrameReadiness.Connected,
            "there is a connection",
            TestContext.Current.CancellationToken
        );

    public FrameAdmission Send(
        HttpRequest request,
        out ValueTask<FramedReply> reply,
        TimeSpan? timeout = null,
        CancellationTokenSource? client = null,
        string body = ""
    ) =>
        Peer.Send(
            request,
            Route,
            new ReadOnlySequence<byte>(Encoding.UTF8.GetBytes(body)),
            TimeSpan.Zero,
            timeout ?? TimeSpan.FromSeconds(100),
            client?.Token ?? CancellationToken.None,
            out reply
        );

    /// <summary>Sends one that must be taken, and reads what becomes of it.</summary>
    public async Task<Answer> AskAsync(
        string path,
        string query = "",
        string body = "",
        TimeSpan? timeout = null,
        CancellationTokenSource? client = null,
        params (string Name, string Value)[] headers
    )
    {
        Assert.Equal(FrameAdmission.Sent, Send(Request(path, query, headers), out var sent, timeout, client, body));
        using var reply = await sent;
        var answered = new HeaderDictionary();
        if (reply.Outcome != FrameOutcome.Replied)
        {
            return new Answer(reply.Outcome, 0, "", answered);
        }
        reply.AppendHeaders(answered);
        return new Answer(reply.Outcome, reply.Status, Encoding.UTF8.GetString(reply.Body.Span), answered);
    }

    public static HttpRequest Request(string path, string query = "", params (string Name, string Value)[] headers)
    {
        var request = new DefaultHttpContext().Request;
        (request.Method, request.Scheme, request.Host) = ("POST", "https", new HostString("portal.example"));
        (request.Path, request.QueryString) = (path, new QueryString(query));
        request.HttpContext.Connection.RemoteIpAddress = IPAddress.Parse("203.0.113.7");
        foreach (var (name, value) in headers)
        {
            request.Headers.Append(name, value);
        }
        return request;
    }

    public void Dispose() => Peer.Dispose();

    public sealed record Answer(FrameOutcome Outcome, int Status, string Body, IHeaderDictionary Headers);
}
