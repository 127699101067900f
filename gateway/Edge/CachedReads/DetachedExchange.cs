using Microsoft.AspNetCore.Http.Features;

namespace PortalServices.Edge.CachedReads;

/// <summary>
/// A GET that is made for all who wait for its reply, and not for the first of them: nothing of that one's request is
/// in it but its address, the language of problems and its trace, and its end is not the end of this one. The reply is
/// kept until it is whole.
/// </summary>
internal sealed class DetachedExchange
    : IHttpResponseFeature,
        IHttpRequestLifetimeFeature,
        IHttpRequestBodyDetectionFeature,
        IDisposable
{
    private readonly BoundedBody _body;
    private readonly StreamResponseBodyFeature _writer;
    private readonly CancellationTokenSource _aborted;

    /// <param name="asked">The first who asks; it is not read any more afterwards.</param>
    /// <param name="query">The parameters that count.</param>
    /// <param name="maxBytes">The largest body.</param>
    /// <param name="ends">When nobody waits for it any more.</param>
    public DetachedExchange(HttpContext asked, string query, int maxBytes, CancellationToken ends)
    {
        _body = new BoundedBody(maxBytes);
        _writer = new StreamResponseBodyFeature(_body);
        _aborted = CancellationTokenSource.CreateLinkedTokenSource(ends);
        RequestAborted = _aborted.Token;
        IHeaderDictionary headers = new HeaderDictionary();
        headers.Host = asked.Request.Headers.Host;
        headers.AcceptLanguage = RequestLanguage.Asked(asked.Request) ?? asked.Request.Headers.AcceptLanguage;
        headers.TraceParent = asked.Request.Headers.TraceParent;
        headers.TraceState = asked.Request.Headers.TraceState;
        var features = new FeatureCollection();
        features.Set<IHttpRequestFeature>(
            new HttpRequestFeature
            {
                Protocol = asked.Request.Protocol,
                Scheme = asked.Request.Scheme,
                Method = HttpMethods.Get,
                Path = asked.Request.Path.Value ?? "",
                QueryString = query,
                RawTarget = asked.Request.Path.ToUriComponent() + query,
                Headers = headers,
            }
        );
        features.Set<IHttpResponseFeature>(this);
        features.Set<IHttpResponseBodyFeature>(_writer);
        features.Set<IHttpRequestLifetimeFeature>(this);
        features.Set<IHttpRequestBodyDetectionFeature>(this);
        features.Set<IHttpConnectionFeature>(
            new HttpConnectionFeature
            {
                ConnectionId = asked.Connection.Id,
                RemoteIpAddress = asked.Connection.RemoteIpAddress,
                RemotePort = asked.Connection.RemotePort,
                LocalIpAddress = asked.Connection.LocalIpAddress,
                LocalPort = asked.Connection.LocalPort,
            }
        );
        Context = new DefaultHttpContext(features) { TraceIdentifier = asked.TraceIdentifier };
        Context.SetEndpoint(asked.GetEndpoint());
        Context.Request.RouteValues = new RouteValueDictionary(asked.Request.RouteValues);
    }

    public DefaultHttpContext Context { get; }

    public bool CanHaveBody => false;

    public CancellationToken RequestAborted { get; set; }

    public int StatusCode { get; set; } = StatusCodes.Status200OK;

    public string? ReasonPhrase { get; set; }

    public IHeaderDictionary Headers { get; set; } = new HeaderDictionary();

    /// <summary>The body was larger than it may be.</summary>
    public bool IsTooLarge => _body.IsTooLarge;

    public bool HasStarted => _body.Length > 0 || IsTooLarge;

    // The pipeline writes to the body feature, which this one only has because the interface is older.
    Stream IHttpResponseFeature.Body
    {
        get => _body;
        set => throw new NotSupportedException();
    }

    // What the edge adds to replies is added to those of the readers.
    public void OnStarting(Func<object, Task> callback, object state) { }

    public void OnCompleted(Func<object, Task> callback, object state) { }

    /// <summary>The reply broke off.</summary>
    public void Abort()
    {
        IsAborted = true;
        _aborted.Cancel();
    }

    /// <summary>Whether the reply broke off, and what is there of it is none.</summary>
    public bool IsAborted { get; private set; }

    /// <summary>Has it answered.</summary>
    /// <param name="answer">Answers it.</param>
    /// <param name="services">Of the application.</param>
    public async Task RunAsync(RequestDelegate answer, IServiceProvider services)
    {
        Context.RequestServices = services;
        await answer(Context);
        await _writer.CompleteAsync();
    }

    public byte[] Body() => _body.ToArray();

    public void Dispose()
    {
        _aborted.Dispose();
        _body.Dispose();
    }

    private sealed class BoundedBody(int maxBytes) : MemoryStream
    {
        public bool IsTooLarge { get; private set; }

        // All other ways to write lead here.
        public override void Write(byte[] buffer, int offset, int count)
        {
            if (Length + count > maxBytes)
            {
                IsTooLarge = true;
                throw new IOException("The reply is larger than it may be.");
            }
            base.Write(buffer, offset, count);
        }
    }
}
