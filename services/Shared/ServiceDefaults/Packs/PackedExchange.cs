using System.Buffers;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;

namespace PortalServices.ServiceDefaults.Packs;

/// <summary>
/// One request of a pack and its reply, as a server would hand them to the pipeline. The reply is kept until it is
/// whole. Of the request that carried the pack it has the connection and the lifetime, and nothing else, so that no
/// request of a pack sees another.
/// </summary>
internal sealed class PackedExchange
    : IHttpResponseFeature,
        IHttpRequestBodyDetectionFeature,
        IRequestBodyPipeFeature,
        IHttpRequestLifetimeFeature,
        IDisposable
{
    private readonly MemoryStream _body = new();
    private readonly StreamResponseBodyFeature _writer;
    private bool _failed;
    private Stack<(Func<object, Task> Callback, object State)>? _starting,
        _completed;

    public PackedExchange(PackedRequest request, HttpContext carrier)
    {
        _writer = new StreamResponseBodyFeature(_body);
        // Of two ways to write an empty sequence the reader only knows this one.
        Reader = PipeReader.Create(
            request.Body.IsEmpty ? ReadOnlySequence<byte>.Empty : new ReadOnlySequence<byte>(request.Body)
        );
        CanHaveBody = !request.Body.IsEmpty;
        RequestAborted = carrier.RequestAborted;
        request.Headers.Host = carrier.Request.Headers.Host;
        request.Headers.ContentLength = request.Body.Length;
        GatewayHeaders.AddWaited(
            request.Headers,
            TimeSpan.FromMilliseconds(GatewayHeaders.WaitedMilliseconds(carrier.Request.Headers))
        );
        var features = new FeatureCollection(16);
        features.Set<IHttpRequestFeature>(
            new HttpRequestFeature
            {
                Protocol = carrier.Request.Protocol,
                Scheme = carrier.Request.Scheme,
                Method = request.Method,
                Path = request.Path,
                QueryString = request.Query,
                RawTarget = new PathString(request.Path).ToUriComponent() + request.Query,
                Headers = request.Headers,
                Body = Reader.AsStream(),
            }
        );
        features.Set<IHttpRequestBodyDetectionFeature>(this);
        features.Set<IRequestBodyPipeFeature>(this);
        features.Set<IHttpRequestLifetimeFeature>(this);
        features.Set<IHttpResponseFeature>(this);
        features.Set<IHttpResponseBodyFeature>(_writer);
        features.Set<IHttpConnectionFeature>(
            new HttpConnectionFeature
            {
                ConnectionId = carrier.Connection.Id,
                RemoteIpAddress = carrier.Connection.RemoteIpAddress,
                RemotePort = carrier.Connection.RemotePort,
                LocalIpAddress = carrier.Connection.LocalIpAddress,
                LocalPort = carrier.Connection.LocalPort,
            }
        );
        features.Set(carrier.Features.Get<IConnectionLifetimeFeature>());
        features.Set(carrier.Features.Get<DoorFeature>());
        Features = features;
    }

    public IFeatureCollection Features { get; }

    public PipeReader Reader { get; }

    public bool CanHaveBody { get; }

    public CancellationToken RequestAborted { get; set; }

    public int StatusCode { get; set; } = StatusCodes.Status200OK;

    public string? ReasonPhrase { get; set; }

    public IHeaderDictionary Headers { get; set; } = new HeaderDictionary();

    // The pipeline writes to the body feature, which this one only has because the interface is older.
    Stream IHttpResponseFeature.Body
    {
        get => _body;
        set => throw new NotSupportedException();
    }

    public bool HasStarted { get; private set; }

    /// <summary>The reply, once <see cref="CompleteAsync"/> has run; not after the end of the pack.</summary>
    public PackedReply Reply =>
        _failed
            ? new(StatusCodes.Status500InternalServerError, new HeaderDictionary(), default)
            : new(StatusCode, Headers, _body.TryGetBuffer(out var written) ? written : default);

    public void OnStarting(Func<object, Task> callback, object state) => (_starting ??= []).Push((callback, state));

    public void OnCompleted(Func<object, Task> callback, object state) => (_completed ??= []).Push((callback, state));

    /// <summary>
    /// What asks for the end of its connection gets that of its own request: the others of the pack have done nothing.
    /// </summary>
    public void Abort() => Fail();

    /// <summary>The reply is whole.</summary>
    public async Task CompleteAsync()
    {
        while (_starting is { Count: > 0 })
        {
            var (callback, state) = _starting.Pop();
            await callback(state);
        }

        await _writer.CompleteAsync();
        HasStarted = true;
    }

    /// <summary>Nothing could be made of the request, not even a problem.</summary>
    public void Fail() => _failed = true;

    /// <summary>The request is over, and what was made for it is given back.</summary>
    public async Task EndAsync()
    {
        while (_completed is { Count: > 0 })
        {
            var (callback, state) = _completed.Pop();
            await callback(state);
        }
    }

    public void Dispose() => _body.Dispose();
}
