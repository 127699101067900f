using System.Buffers;
using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.Extensions.Options;
using PortalServices.Frames.Format;
using PortalServices.ServiceDefaults.ClientAddress;

namespace PortalServices.Frames.Receiving;

/// <summary>
/// Takes frames at the internal door, beside HTTP: from the gateway's addresses alone. When the process is asked to
/// end, each connection says so.
/// </summary>
internal sealed partial class FrameDoor : IDoorProtocol
{
    // What does not say within it what it speaks is closed, as the server closes a head that does not come.
    private static readonly TimeSpan PrefaceTimeout = TimeSpan.FromSeconds(15);

    private readonly FramePipeline _pipeline;
    private readonly IPNetwork[] _gateway;
    private readonly TimeProvider _time;
    private readonly ILogger<FrameDoor> _logger;
    private readonly ConcurrentDictionary<FrameConnection, bool> _open = [];
    private readonly CancellationToken _stopping;
    private int _hasToldOfStranger;

    public FrameDoor(
        FramePipeline pipeline,
        IOptions<GatewayOptions> gateway,
        IHostApplicationLifetime lifetime,
        TimeProvider time,
        ILogger<FrameDoor> logger
    )
    {
        (_pipeline, _time, _logger) = (pipeline, time, logger);
        _gateway = [.. AddressBlocks.Parse(gateway.Value.Trusted)];
        _stopping = lifetime.ApplicationStopping;
        _stopping.Register(() =>
        {
            foreach (var connection in _open.Keys)
            {
                connection.SayClosing();
            }
        });
    }

    public Door Door => Door.Internal;

    public async Task RunAsync(ConnectionContext connection, ConnectionDelegate http)
    {
        var isFrames = await SpeaksFramesAsync(connection);
        if (isFrames is null)
        {
            connection.Abort();
            return;
        }
        if (isFrames is false)
        {
            await http(connection);
            return;
        }
        if (!AddressBlocks.Contain(_gateway, (connection.RemoteEndPoint as IPEndPoint)?.Address))
        {
            // Once, since strangers may ask as often as they like; it is there for who has set the gateway's addresses
            // wrongly.
            if (Interlocked.Exchange(ref _hasToldOfStranger, 1) == 0)
            {
                LogStranger(connection.RemoteEndPoint);
            }
            return;
        }

        await using var frames = new FrameConnection(connection, _pipeline, _time, _logger);
        frames.Greet();
        _open[frames] = true;
        try
        {
            if (_stopping.IsCancellationRequested)
            {
                frames.SayClosing();
            }
            await frames.RunAsync();
        }
        finally
        {
            _open.TryRemove(frames, out _);
        }
    }

    // Leaves what is not frames where it lies; null for a connection that ended, or says nothing.
    private async Task<bool?> SpeaksFramesAsync(ConnectionContext connection)
    {
        var input = connection.Transport.Input;
        using var timeout = new CancellationTokenSource(PrefaceTimeout, _time);
        // A server that ends does not wait for who says nothing.
        using var end = CancellationTokenSource.CreateLinkedTokenSource(
            timeout.Token,
            connection.Features.Get<IConnectionLifetimeNotificationFeature>()?.ConnectionClosedRequested
                ?? CancellationToken.None
        );
        try
        {
            for (long examined = 0; ; )
            {
                var read = await input.ReadAsync(end.Token);
                var isFrames = Matches(read.Buffer);
                if (isFrames is true)
                {
                    input.AdvanceTo(read.Buffer.GetPosition(FrameFormat.Preface.Length));
                    return true;
                }
                if (isFrames is false || read.IsCompleted)
                {
                    // What has been looked at cannot be taken back; who reads next looks at the rest.
                    input.AdvanceTo(read.Buffer.Start, read.Buffer.GetPosition(examined));
                    return read.Buffer.IsEmpty ? null : false;
                }
                examined = read.Buffer.Length;
                input.AdvanceTo(read.Buffer.Start, read.Buffer.End);
            }
        }
        catch (Exception gone) when (gone is OperationCanceledException or IOException)
        {
            return null;
        }
    }

    // Null while it may become the preface.
    private static bool? Matches(in ReadOnlySequence<byte> bytes)
    {
        Span<byte> first = stackalloc byte[FrameFormat.Preface.Length];
        var length = (int)Math.Min(first.Length, bytes.Length);
        bytes.Slice(0, length).CopyTo(first);
        return !FrameFormat.Preface.StartsWith(first[..length]) ? false
            : length == first.Length ? true
            : null;
    }

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "Frames from {Address} are not taken: it is not in Gateway:Addresses."
    )]
    private partial void LogStranger(EndPoint? address);
}
