using System.Net.Sockets;
using System.Security.Authentication;

namespace PortalServices.LoadTests.Sending;

/// <summary>
/// One target and the connections to it. A call takes a free connection, or a new one, or waits for one; how long it
/// waits is part of its latency.
/// </summary>
internal sealed class Node(int index, Uri address, SendingLimits limits, TimeProvider time) : IDisposable
{
    private readonly Lock _lock = new();
    private readonly Stack<Connection> _idle = new();
    private readonly Queue<Call> _waiting = new();
    private readonly HashSet<Connection> _busy = [];
    private int _open;
    private bool _isClosed;

    /// <summary>Its number among the targets.</summary>
    public int Index => index;

    /// <summary>Scheme, host and port.</summary>
    public Uri Address => address;

    /// <summary>What a request writes into its connection.</summary>
    public required Action<Call, RequestWriter> Write { get; init; }

    /// <summary>What an answer means.</summary>
    public required Func<Call, int, ReadOnlyMemory<byte>, Result> Read { get; init; }

    /// <summary>Called with each call's result.</summary>
    public required Action<Call, Result> Ended { get; init; }

    /// <summary>Begins a call; false when too many wait already.</summary>
    public bool TryStart(Call call)
    {
        Connection? connection;
        lock (_lock)
        {
            if (_idle.TryPop(out connection))
            {
                // Free again.
            }
            else if (_open < limits.Connections)
            {
                _open++;
            }
            else if (_waiting.Count < limits.MaxWaiting)
            {
                _waiting.Enqueue(call);
                return true;
            }
            else
            {
                return false;
            }
        }
        _ = ServeAsync(connection, call);
        return true;
    }

    /// <summary>Closes the connections whose request is under way for too long.</summary>
    public void TimeOut(long now)
    {
        List<Connection> late;
        lock (_lock)
        {
            late = [.. _busy.Where(each => time.GetElapsedTime(each.Begun, now) > limits.Timeout)];
        }
        foreach (var connection in late)
        {
            connection.TimeOut();
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _isClosed = true;
            foreach (var connection in _idle.Concat(_busy))
            {
                connection.Dispose();
            }
            _idle.Clear();
        }
    }

    /// <summary>Serves a call, and then whatever waits.</summary>
    private async Task ServeAsync(Connection? connection, Call call)
    {
        while (true)
        {
            (connection, var result) = await SendAsync(connection, call);
            call.Ended = time.GetTimestamp();
            Ended(call, result);
            lock (_lock)
            {
                if (_isClosed)
                {
                    connection?.Dispose();
                    return;
                }
                if (!_waiting.TryDequeue(out call!))
                {
                    if (connection is null)
                    {
                        _open--;
                    }
                    else
                    {
                        _idle.Push(connection);
                    }
                    return;
                }
            }
        }
    }

    /// <summary>One exchange; the connection is null afterwards when it cannot be used again.</summary>
    private async ValueTask<(Connection?, Result)> SendAsync(Connection? connection, Call call)
    {
        try
        {
            connection ??= await ConnectAsync();
        }
        catch (Exception failure)
            when (failure is SocketException or IOException or OperationCanceledException or AuthenticationException)
        {
            return (null, new Result(Outcome.NotConnected));
        }
        try
        {
            connection.Request.Clear();
            Write(call, connection.Request);
            connection.Begun = time.GetTimestamp();
            lock (_lock)
            {
                _busy.Add(connection);
            }
            var (head, body) = await connection.ExchangeAsync();
            var result = Read(call, head.Status, body) with { RetryAfterSeconds = head.RetryAfterSeconds };
            if (head.KeepsConnection && !connection.HasTimedOut)
            {
                return (Free(connection), result);
            }
            Free(connection).Dispose();
            return (null, result);
        }
        catch (Exception failure) when (failure is SocketException or IOException or ObjectDisposedException)
        {
            Free(connection).Dispose();
            return (null, new Result(connection.HasTimedOut ? Outcome.TimedOut : Outcome.Broken));
        }
    }

    private async Task<Connection> ConnectAsync()
    {
        using var limit = new CancellationTokenSource(limits.Timeout, time);
        return await Connection.OpenAsync(address, limit.Token);
    }

    private Connection Free(Connection connection)
    {
        lock (_lock)
        {
            _busy.Remove(connection);
        }
        return connection;
    }
}

/// <summary>What bounds the sending.</summary>
/// <param name="Connections">Connections to one target at the most.</param>
/// <param name="MaxWaiting">Calls that may wait for a connection to one target; further ones are dropped.</param>
/// <param name="Timeout">How long an answer is waited for.</param>
internal sealed record SendingLimits(int Connections, int MaxWaiting, TimeSpan Timeout);
