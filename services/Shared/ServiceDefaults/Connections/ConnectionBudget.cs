using System.IO.Pipelines;
using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Options;
using PortalServices.ServiceDefaults.ClientAddress;

namespace PortalServices.ServiceDefaults.Connections;

/// <summary>
/// Shares the connections of this process among its clients: so many in all at the public door, of which one address
/// has at most a part, and places of their own for operators and probes. Where there is no place left, a connection on
/// which the server only waits is closed: of the same address, or of the one that holds most. Gateways on the internal
/// door are not limited.
/// </summary>
internal sealed partial class ConnectionBudget
{
    /// <summary>After which a refused client may try again.</summary>
    public static readonly TimeSpan ShortWait = TimeSpan.FromSeconds(1);

    private const int LooksPerSecond = 20;

    private readonly Lock _lock = new();
    private readonly ConnectionPlaces _public;
    private readonly Dictionary<Door, ConnectionPlaces> _places;
    private readonly ConnectionCapacity _capacity;
    private readonly ConnectionTelemetry _telemetry;
    private readonly TimeProvider _time;
    private readonly IPNetwork[] _trusted;
    private long _pending,
        _lookAgainAt = long.MinValue;

    public ConnectionBudget(
        IOptions<ConnectionsOptions> options,
        IOptions<TrustedPeers> trusted,
        ConnectionTelemetry telemetry,
        TimeProvider time,
        ILogger<ConnectionBudget> logger
    )
    {
        (_telemetry, _time, _trusted) = (telemetry, time, [.. AddressBlocks.Parse(trusted.Value.Networks)]);
        _capacity = ConnectionCapacity.Of(options.Value);
        _public = new ConnectionPlaces(_capacity.Connections, _capacity.PerAddress);
        _places = new()
        {
            [Door.Public] = _public,
            [Door.Operators] = new ConnectionPlaces(options.Value.OperatorConnections, int.MaxValue),
            [Door.Probe] = new ConnectionPlaces(options.Value.ProbeConnections, int.MaxValue),
        };
        Accepts = new SemaphoreSlim(_places.Values.Sum(places => places.Max) + ConnectionCapacity.InPassing);
        telemetry.Observe(Open, () => Interlocked.Read(ref _pending));
        LogCapacity(
            logger,
            _capacity.Connections,
            _capacity.PerAddress,
            _capacity.PendingMemory,
            DescriptorLimit.Current
        );
    }

    /// <summary>
    /// One for each connection that may be open, those in passing included: taken before it is accepted, given back
    /// when it has ended.
    /// </summary>
    public SemaphoreSlim Accepts { get; }

    /// <summary>
    /// Whether unanswered requests and unread replies hold as much as they may, though everything that could be closed
    /// was.
    /// </summary>
    public bool IsFull => Interlocked.Read(ref _pending) > _capacity.PendingMemory;

    public long Timestamp() => _time.GetTimestamp();

    /// <summary>Open connections at a door, without those that are being closed.</summary>
    public int CountOf(Door door) => Open().Single(each => each.Door == door).Count;

    /// <summary>
    /// Whether there is a connection over HTTP/1.1 with a request under way, or with one or its opening less than
    /// <paramref name="lately"/> ago; on the probe door those under way alone.
    /// </summary>
    public bool IsInUse(TimeSpan lately)
    {
        lock (_lock)
        {
            return _places
                .Values.SelectMany(places => places.All)
                .Any(each =>
                    each is { IsHttp1: true, IsClosing: false }
                    && (
                        !each.IsWaiting
                        || (each.Door is not Door.Probe && _time.GetElapsedTime(each.IdleSince) < lately)
                    )
                );
        }
    }

    /// <summary>Runs a connection that has been accepted, or refuses it.</summary>
    /// <param name="connection">As the transport has it.</param>
    /// <param name="door">Where it came in.</param>
    /// <param name="isPlain">Whether the client reads HTTP/1.1 without TLS, and so can be sent a reply.</param>
    /// <param name="next">The rest.</param>
    public async Task RunAsync(ConnectionContext connection, Door door, bool isPlain, ConnectionDelegate next)
    {
        try
        {
            if (!_places.TryGetValue(door, out var places))
            {
                await next(connection);
            }
            else if (Admit(connection, door, places) is { } tracked)
            {
                await RunAsync(connection, tracked, places, next);
            }
            else if (isPlain)
            {
                await RefusedConnection.ReplyAsync(connection);
            }
            else
            {
                connection.Abort();
            }
        }
        finally
        {
            Accepts.Release();
        }
    }

    /// <summary>
    /// Accounts for memory of requests that are not answered and of replies that are not read yet. Past the limit those
    /// who hold most are closed.
    /// </summary>
    public void Charge(ConnectionHolder holder, long memory)
    {
        Interlocked.Add(ref holder.Pending, memory);
        if (
            Interlocked.Add(ref _pending, memory) <= _capacity.PendingMemory
            || memory <= 0
            || Timestamp() < Interlocked.Read(ref _lookAgainAt)
        )
        {
            return;
        }
        var nothingClosed = true;
        foreach (var each in LargestPending())
        {
            nothingClosed = false;
            if (Interlocked.Read(ref _pending) <= _capacity.PendingMemory * 3 / 4)
            {
                break;
            }
            lock (_lock)
            {
                _public.Remove(each);
            }
            _telemetry.Closed(each.Door, ConnectionTelemetry.PendingMemory);
            each.Close();
        }

        // To look at all connections costs more than a request: not for each that comes in while nothing can be done.
        if (nothingClosed)
        {
            Interlocked.Exchange(ref _lookAgainAt, Timestamp() + (_time.TimestampFrequency / LooksPerSecond));
        }
    }

    private async Task RunAsync(
        ConnectionContext connection,
        TrackedConnection tracked,
        ConnectionPlaces places,
        ConnectionDelegate next
    )
    {
        connection.Features.Set(tracked);
        connection.Transport = new DuplexPipe(
            new TrackedInput(connection.Transport.Input, tracked),
            new TrackedOutput(connection.Transport.Output, tracked)
        );
        try
        {
            await next(connection);
        }
        finally
        {
            tracked.End();
            lock (_lock)
            {
                places.Remove(tracked);
            }
        }
    }

    private TrackedConnection? Admit(ConnectionContext connection, Door door, ConnectionPlaces places)
    {
        TrackedConnection? tracked = null,
            victim = null;
        string? limit;
        lock (_lock)
        {
            var holder = places.HolderOf(
                ConnectionHolder.KeyOf(connection.RemoteEndPoint),
                key => new ConnectionHolder(
                    key,
                    AddressBlocks.Contain(_trusted, (connection.RemoteEndPoint as IPEndPoint)?.Address)
                )
            );
            limit = places.LimitFor(holder);
            victim = limit is null ? null : places.VictimFor(holder);
            if (victim is not null)
            {
                places.Remove(victim);
            }
            if (limit is null || victim is not null)
            {
                places.Add(tracked = new TrackedConnection(connection, this, holder, door));
            }
        }

        if (victim is not null)
        {
            _telemetry.Closed(door, limit!);
            victim.Close();
        }
        else if (tracked is null)
        {
            _telemetry.Refused(door, limit!);
        }

        return tracked;
    }

    // Of the holder that has most, the largest first: those on which the server only waits, and over HTTP/2, where
    // requests can be under way for as long as the client likes, all.
    private List<TrackedConnection> LargestPending()
    {
        lock (_lock)
        {
            return
            [
                .. _public
                    .All.Where(each =>
                        each.Charged > 0
                        && !each.IsClosing
                        && !each.Holder.IsTrusted
                        && (each.IsWaiting || !each.IsHttp1)
                    )
                    .OrderByDescending(each => Interlocked.Read(ref each.Holder.Pending))
                    .ThenByDescending(each => each.Charged),
            ];
        }
    }

    private IEnumerable<(Door Door, int Count)> Open()
    {
        lock (_lock)
        {
            return [.. _places.Select(places => (places.Key, places.Value.Count))];
        }
    }

    [LoggerMessage(
        Level = LogLevel.Information,
        Message = "Up to {Connections} connections at the public door, {PerAddress} of one address, {PendingMemory} bytes of memory for what clients do not finish or read; {Descriptors} file descriptors."
    )]
    private static partial void LogCapacity(
        ILogger logger,
        int connections,
        int perAddress,
        long pendingMemory,
        int descriptors
    );

    private sealed record DuplexPipe(PipeReader Input, PipeWriter Output) : IDuplexPipe;
}
