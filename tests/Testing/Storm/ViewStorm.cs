using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using PortalServices.Testing.Portal;

namespace PortalServices.Testing.Storm;

/// <summary>
/// Clients that send views at once and keep book of the answers. Every second view goes to a page of its own (unless
/// told otherwise), where a view that counts twice can be seen; the others share pages.
/// </summary>
public sealed class ViewStorm(StormOptions options)
{
    private const int MaxBackOff = 8;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly StormView[] _views =
    [
        .. Enumerable
            .Range(0, options.Views)
            .Select(i => new StormView(
                options.Sites[i % options.Sites.Count],
                options.OwnPages && i / options.Sites.Count % 2 == 0
                    ? $"/own/{i}"
                    : $"/shared/{i % options.SharedPages}{options.SharedPath}"
            )),
    ];

    private int _next = -1;
    private int _acknowledged;
    private int _underWay;
    private long _restTicks;

    /// <summary>Views acknowledged so far.</summary>
    public int Acknowledged => Volatile.Read(ref _acknowledged);

    /// <summary>Requests that have no answer yet.</summary>
    public int UnderWay => Volatile.Read(ref _underWay);

    /// <summary>How long each client rests after a view; at first not at all.</summary>
    public TimeSpan Rest
    {
        get => TimeSpan.FromTicks(Interlocked.Read(ref _restTicks));
        set => Interlocked.Exchange(ref _restTicks, value.Ticks);
    }

    /// <summary>The views, in the order of first sending.</summary>
    public IReadOnlyList<StormView> Views => _views;

    /// <summary>Answers that no client should ever get.</summary>
    public ConcurrentQueue<string> Surprises { get; } = new();

    /// <summary>Sends everything; ends when the last client is done.</summary>
    public Task RunAsync(CancellationToken cancel) =>
        Task.WhenAll(Enumerable.Range(0, options.Clients).Select(_ => Task.Run(() => ClientAsync(cancel), cancel)));

    /// <summary>No further view is begun; those under way are waited for as always.</summary>
    public void Stop() => Interlocked.Exchange(ref _next, _views.Length);

    private async Task ClientAsync(CancellationToken cancel)
    {
        while (Interlocked.Increment(ref _next) is var next && next < _views.Length && Surprises.IsEmpty)
        {
            var view = _views[next];
            var firstSent = Stopwatch.StartNew();
            // The longer a door is closed, the less often it is tried.
            for (
                var attempt = 1;
                !await AttemptAsync(view, firstSent, cancel) && options.Persistent && Surprises.IsEmpty;
                attempt++
            )
            {
                await Task.Delay(Random.Shared.Next(10, 60) * Math.Min(attempt, MaxBackOff), cancel);
            }
            if (view.Acknowledged && Random.Shared.NextDouble() < options.SentAgain)
            {
                await SendAsync(view, firstSent, cancel);
            }
            if (Rest is var rest && rest > TimeSpan.Zero)
            {
                await Task.Delay(rest, cancel);
            }
        }
    }

    /// <summary>Now and then the same view is under way twice at the same time.</summary>
    private async Task<bool> AttemptAsync(StormView view, Stopwatch firstSent, CancellationToken cancel)
    {
        if (Random.Shared.NextDouble() >= options.SentTwiceAtOnce)
        {
            return await SendAsync(view, firstSent, cancel);
        }
        var both = await Task.WhenAll(SendAsync(view, firstSent, cancel), SendAsync(view, firstSent, cancel));
        return both[0] || both[1];
    }

    private async Task<bool> SendAsync(StormView view, Stopwatch firstSent, CancellationToken cancel)
    {
        var call = new ViewCall(view.Page)
        {
            View = options.WithIds ? view.Id : null,
            Age = ((long)firstSent.Elapsed.TotalMilliseconds).ToString(CultureInfo.InvariantCulture),
            Minimal = Random.Shared.Next(4) == 0,
        };
        var door = options.Doors[Random.Shared.Next(options.Doors.Count)];
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        limit.CancelAfter(
            Random.Shared.NextDouble() < options.GivenUp
                ? TimeSpan.FromMilliseconds(Random.Shared.Next(0, 20))
                : Patience
        );
        view.Sent = true;
        Interlocked.Increment(ref _underWay);
        try
        {
            return Take(view, await door.ViewAsync(view.Site, call, limit.Token), door);
        }
        catch (Exception failure) when (failure is HttpRequestException or IOException or OperationCanceledException)
        {
            // Nothing is known of the view now; that is the point.
            cancel.ThrowIfCancellationRequested();
            return false;
        }
        finally
        {
            Interlocked.Decrement(ref _underWay);
        }
    }

    private bool Take(StormView view, Reply reply, PortalClient door)
    {
        switch (reply.Status)
        {
            case HttpStatusCode.NoContent:
                break;
            case HttpStatusCode.OK when reply.Counted:
                if (view.CountedAgain())
                {
                    Surprises.Enqueue($"{view}: two answers say that it was counted.");
                }
                break;
            case HttpStatusCode.OK when reply.Reason == "duplicate":
                break;
            case HttpStatusCode.ServiceUnavailable
            or HttpStatusCode.GatewayTimeout when reply.Header("Retry-After") is not null:
                return false;
            default:
                Surprises.Enqueue($"{view}: {reply} (Retry-After {reply.Header("Retry-After")}, at {door.Door})");
                return false;
        }

        if (view.Acknowledge())
        {
            Interlocked.Increment(ref _acknowledged);
        }
        return true;
    }
}
