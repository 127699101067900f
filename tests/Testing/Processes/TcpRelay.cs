using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace PortalServices.Testing.Processes;

/// <summary>A network between a process and its store that can hold what is under way, and deliver it late.</summary>
public sealed class TcpRelay : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, Ports.Free());
    private readonly CancellationTokenSource _end = new();
    private readonly ConcurrentBag<Task> _pumps = [];
    private readonly ConcurrentDictionary<Socket, bool> _sockets = new();
    private readonly EndPoint _target;
    private readonly Task _accepting;
    private volatile TaskCompletionSource _open = new(),
        _openBack = new();

    private TcpRelay(EndPoint target)
    {
        _target = target;
        _open.SetResult();
        _openBack.SetResult();
        _listener.Start();
        _accepting = AcceptAsync();
    }

    /// <summary>Where to connect instead.</summary>
    public string Address => _listener.LocalEndpoint.ToString()!;

    /// <summary>Relays to a loopback port.</summary>
    public static TcpRelay To(string address) =>
        new(new IPEndPoint(IPAddress.Loopback, IPEndPoint.Parse(address).Port));

    /// <summary>Relays to a socket file, too.</summary>
    public static TcpRelay To(EndPoint target) => new(target);

    /// <summary>
    /// From now on nothing arrives, in neither direction; connections stay open, and new ones are made.
    /// </summary>
    public void Hold()
    {
        _open = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        HoldReplies();
    }

    /// <summary>From now on what is sent arrives, and no reply comes back.</summary>
    public void HoldReplies() =>
        _openBack = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>
    /// Delivers what was held, also on connections that were closed meanwhile, and everything that follows.
    /// </summary>
    public void Release()
    {
        _open.TrySetResult();
        _openBack.TrySetResult();
    }

    /// <summary>Cuts every connection, whatever is under way on it.</summary>
    public void Break()
    {
        foreach (var socket in _sockets.Keys)
        {
            socket.Dispose();
        }
    }

    /// <summary>Returns once all connections are closed and everything sent on them was handed on.</summary>
    public async Task DeliveredAsync()
    {
        _listener.Stop();
        await _accepting;
        await Task.WhenAll(_pumps);
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await DeliveredAsync();
        _listener.Dispose();
        _end.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (true)
        {
            Socket near;
            try
            {
                near = await _listener.AcceptSocketAsync(_end.Token);
            }
            catch (Exception stopped)
                when (stopped
                        is SocketException
                            or ObjectDisposedException
                            or OperationCanceledException
                            or InvalidOperationException
                )
            {
                return;
            }
            _pumps.Add(RelayAsync(near));
        }
    }

    private async Task RelayAsync(Socket near)
    {
        using (near)
        {
            using var far = new Socket(
                _target.AddressFamily,
                SocketType.Stream,
                _target.AddressFamily == AddressFamily.Unix ? ProtocolType.Unspecified : ProtocolType.Tcp
            );
            _sockets[near] = _sockets[far] = true;
            try
            {
                await far.ConnectAsync(_target, _end.Token);
                await Task.WhenAll(PumpAsync(near, far, () => _open), PumpAsync(far, near, () => _openBack));
            }
            catch (Exception broken)
                when (broken is SocketException or ObjectDisposedException or OperationCanceledException)
            {
                // Either end is gone; the other one learns it when the sockets are closed.
            }
            finally
            {
                _sockets.TryRemove(near, out _);
                _sockets.TryRemove(far, out _);
            }
        }
    }

    private async Task PumpAsync(Socket from, Socket to, Func<TaskCompletionSource> open)
    {
        var buffer = new byte[64 * 1024];
        int count;
        while ((count = await from.ReceiveAsync(buffer, _end.Token)) > 0)
        {
            await open().Task.WaitAsync(_end.Token);
            for (var sent = 0; sent < count; )
            {
                sent += await to.SendAsync(buffer.AsMemory(sent, count - sent), _end.Token);
            }
        }
        to.Shutdown(SocketShutdown.Send);
    }
}
