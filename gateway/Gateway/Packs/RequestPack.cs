using System.Net;
using OpenTelemetry;
using Yarp.ReverseProxy.Forwarder;

namespace PortalServices.Gateway.Packs;

/// <summary>Requests that are sent to one target as one, and their answers.</summary>
internal sealed partial class RequestPack : IDisposable
{
    private readonly PackedCall[] _calls;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _end = new();
    private readonly Lock _gate = new();
    private int _left;
    private bool _isOver;

    public RequestPack(PackedCall[] calls, ILogger logger)
    {
        (_calls, _logger) = (calls, logger);
        foreach (var call in calls)
        {
            call.Join(this);
        }
    }

    /// <summary>
    /// The caller of one of them has gone; told once for each. With the last of them the service is told to give up,
    /// too.
    /// </summary>
    public void Leave()
    {
        lock (_gate)
        {
            if (++_left == _calls.Length && !_isOver)
            {
                _ = _end.CancelAsync();
            }
        }
    }

    private bool HasNobody => Volatile.Read(ref _left) == _calls.Length;

    /// <summary>Sends the requests and gives every call an answer. Never throws.</summary>
    public async Task SendAsync()
    {
        try
        {
            BatchCompletion.Complete(_calls, await AskAsync());
        }
        catch (OperationCanceledException e)
        {
            if (!HasNobody)
            {
                LogTimeout(_calls.Length, _calls[0].Target.Address);
            }
            BatchCompletion.Complete(_calls, new PackedAnswer(null, ForwarderError.RequestTimedOut, e));
        }
#pragma warning disable CA1031 // Whatever it was, each call has to learn of it: nobody else waits for this pack.
        catch (Exception e)
#pragma warning restore CA1031
        {
            LogFailure(_calls.Length, _calls[0].Target.Address, e.Message);
            BatchCompletion.Complete(_calls, new PackedAnswer(null, ForwarderError.Request, e));
        }
    }

    /// <summary>A pack that was given up is left to those who are told of it.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _isOver = true;
            if (!_end.IsCancellationRequested)
            {
                _end.Dispose();
            }
        }
    }

    private async Task<PackedAnswer[]> AskAsync()
    {
        var target = _calls[0].Target;
        _end.CancelAfter(target.Timeout);
        using var content = new PackContent(_calls);
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(new Uri(target.Address), PackFormat.Path))
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = content,
        };
        // The requests in it have spans; a trace of its own would begin with each pack.
        using var unseen = SuppressInstrumentationScope.Begin();
        using var response = await target.Client.SendAsync(request, _end.Token);
        if (
            response.StatusCode != HttpStatusCode.OK
            || response.Content.Headers.ContentType?.MediaType != PackFormat.MediaType
        )
        {
            throw new InvalidDataException($"The service does not take packs of requests: {(int)response.StatusCode}.");
        }
        var replies = PackFormat.ReadReplies(await response.Content.ReadAsByteArrayAsync(_end.Token));
        if (replies.Length != _calls.Length)
        {
            throw new InvalidDataException($"The service gave {replies.Length} replies to {_calls.Length} requests.");
        }
        return Array.ConvertAll(replies, reply => new PackedAnswer(reply));
    }

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "{Count} requests in a pack were not answered by {Address} in time."
    )]
    private partial void LogTimeout(int count, string address);

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "{Count} requests in a pack got no answer from {Address}: {Reason}"
    )]
    private partial void LogFailure(int count, string address, string reason);
}
