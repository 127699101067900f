using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using System.Text;
using Microsoft.AspNetCore.Http.Features;
using PortalServices.Frames.Format;

namespace PortalServices.Frames.Receiving;

/// <summary>
/// A request that came in a frame and its reply, as a server would hand them to the pipeline. The reply is kept until
/// it is whole. With the others on its connection it shares nothing but that.
/// </summary>
internal sealed class FramedExchange
    : IHttpResponseFeature,
        IHttpRequestBodyDetectionFeature,
        IRequestBodyPipeFeature,
        IHttpRequestLifetimeFeature,
        IDisposable
{
    private readonly FrameReplier _replier;
    private readonly MemoryStream _body = new();
    private readonly StreamResponseBodyFeature _writer;
    private bool _hasFailed;
    private Stack<(Func<object, Task> Callback, object State)>? _starting,
        _completed;

    public FramedExchange(in FramedRequest request, FrameReplier replier)
    {
        _replier = replier;
        _writer = new StreamResponseBodyFeature(_body);
        var body = request.Body.ToArray();
        // Of two ways to write an empty sequence the reader only knows this one.
        Reader = PipeReader.Create(body is [] ? ReadOnlySequence<byte>.Empty : new ReadOnlySequence<byte>(body));
        CanHaveBody = body is not [];
        RequestAborted = replier.Connection.Watch(replier.Id).Token;

        IHeaderDictionary headers = new HeaderDictionary();
        request.Headers.AppendTo(headers);
        headers.Host = KnownTexts.Of(request.Host);
        headers["X-Forwarded-Host"] = headers.Host;
        headers["X-Forwarded-Proto"] = request.IsHttps ? "https" : "http";
        headers["X-Forwarded-For"] = request.ClientAddress?.ToString();
        headers.ContentLength = body.Length;
        GatewayHeaders.AddWaited(headers, TimeSpan.FromMilliseconds(request.WaitedMilliseconds));

        var path = Encoding.UTF8.GetString(request.Path);
        var query = Encoding.UTF8.GetString(request.Query);
        // What belongs to the connection is found in its own features: the door, its addresses, its end.
        var features = new FeatureCollection(replier.Connection.Transport.Features);
        features.Set<IHttpRequestFeature>(
            new HttpRequestFeature
            {
                Protocol = "HTTP/2",
                Scheme = "http",
                Method = KnownTexts.Of(request.Method),
                Path = path,
                QueryString = query,
                RawTarget = new PathString(path).ToUriComponent() + query,
                Headers = headers,
                Body = Reader.AsStream(),
            }
        );
        features.Set<IHttpRequestBodyDetectionFeature>(this);
        features.Set<IRequestBodyPipeFeature>(this);
        features.Set<IHttpRequestLifetimeFeature>(this);
        features.Set<IHttpResponseFeature>(this);
        features.Set<IHttpResponseBodyFeature>(_writer);
        var (local, remote) = (
            replier.Connection.Transport.LocalEndPoint as IPEndPoint,
            replier.Connection.Transport.RemoteEndPoint as IPEndPoint
        );
        features.Set<IHttpConnectionFeature>(
            new HttpConnectionFeature
            {
                ConnectionId = replier.Connection.Transport.ConnectionId,
                RemoteIpAddress = remote?.Address,
                RemotePort = remote?.Port ?? 0,
                LocalIpAddress = local?.Address,
                LocalPort = local?.Port ?? 0,
            }
        );
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

    public void OnStarting(Func<object, Task> callback, object state) => (_starting ??= []).Push((callback, state));

    public void OnCompleted(Func<object, Task> callback, object state) => (_completed ??= []).Push((callback, state));

    /// <summary>
    /// What asks for the end of its connection gets that of its own request: the others have done nothing.
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
    public void Fail() => _hasFailed = true;

    /// <summary>Sends the reply.</summary>
    public void Reply()
    {
        if (_hasFailed)
        {
            _replier.AppendFault();
        }
        else
        {
            _replier.Append(StatusCode, Headers, _body.TryGetBuffer(out var written) ? written : default);
        }
        _replier.Flush();
    }

    /// <summary>
    /// The request is over, and what was made for it is given back, whatever becomes of the rest of it; the faults.
    /// </summary>
    public async Task<IReadOnlyList<Exception>> EndAsync()
    {
        List<Exception> faults = [];
        while (_completed is { Count: > 0 })
        {
            var (callback, state) = _completed.Pop();
            try
            {
                await callback(state);
            }
#pragma warning disable CA1031 // As the server does: the reply has been given.
            catch (Exception fault)
#pragma warning restore CA1031
            {
                faults.Add(fault);
            }
        }
        return faults;
    }

    public void Dispose()
    {
        _replier.Connection.Forget(_replier.Id);
        _body.Dispose();
    }
}
