using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace PortalServices.Edge.CachedReads;

/// <summary>One request to the service, for all readers who ask for the same at the time.</summary>
internal sealed class SharedRequest : IDisposable
{
    private readonly CancellationTokenSource _ends;

    /// <param name="timeout">How long it may take.</param>
    /// <param name="time">The clock.</param>
    public SharedRequest(TimeSpan timeout, TimeProvider time)
    {
        AskedAt = time.GetTimestamp();
        _ends = new CancellationTokenSource(timeout, time);
    }

    /// <summary>Local timestamp.</summary>
    public long AskedAt { get; }

    /// <summary>How many have not gone away. Guarded by the entry.</summary>
    public int Readers { get; set; } = 1;

    /// <summary>All have gone away before it ended. Guarded likewise.</summary>
    public bool IsLeft { get; set; }

    /// <summary>What comes of it; it never fails.</summary>
    public Task<SharedResult> Result { get; private set; } = null!;

    /// <summary>Begins, for the first reader; the others find it.</summary>
    public void Begin(Func<Task<SharedResult>> ask) =>
        // Not on this reader's turn, but within its trace.
        Result = Task.Run(async () =>
        {
            using (this)
            {
                return await ask();
            }
        });

    public CancellationToken Ends => _ends.Token;

    /// <summary>Nobody waits for it any more.</summary>
    public void Cancel()
    {
        try
        {
            _ends.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // It ended at the same moment.
        }
    }

    public void Dispose() => _ends.Dispose();
}

/// <summary>What came of a shared request.</summary>
/// <param name="Status">Of the reply.</param>
/// <param name="Headers">Likewise.</param>
/// <param name="Body">Likewise; null where it was too large to be kept.</param>
/// <param name="Reply">The same for everybody; null of what is not.</param>
internal sealed record SharedResult(int Status, IHeaderDictionary Headers, byte[]? Body, CachedReply? Reply)
{
    private static readonly string[] CoveredByEdge = [HeaderNames.Origin, HeaderNames.AcceptEncoding];

    /// <summary>RFC 5861, section 4: what the last reply may be used in place of.</summary>
    public bool IsAway =>
        Status
            is StatusCodes.Status500InternalServerError
                or StatusCodes.Status502BadGateway
                or StatusCodes.Status503ServiceUnavailable
                or StatusCodes.Status504GatewayTimeout;

    /// <summary>Takes the reply out of an exchange that has ended.</summary>
    public static SharedResult Of(DetachedExchange exchange, long askedAt)
    {
        var (status, headers) = (exchange.StatusCode, exchange.Headers);
        var body = exchange.IsTooLarge ? null : exchange.Body();
        // To readers the server would say so.
        if (exchange.IsAborted || (body is not null && headers.ContentLength is { } length && length != body.Length))
        {
            return exchange.IsTooLarge
                ? new SharedResult(status, headers, null, null)
                : Failed(StatusCodes.Status502BadGateway);
        }
        var isForAll =
            status == StatusCodes.Status200OK
            && headers.SetCookie.Count == 0
            && headers.ContentEncoding.Count == 0
            && !Says(headers.CacheControl, "no-store", "private")
            && headers
                .GetCommaSeparatedValues(HeaderNames.Vary)
                .All(name => CoveredByEdge.Contains(name, StringComparer.OrdinalIgnoreCase));
        return new SharedResult(
            status,
            headers,
            body,
            isForAll && body is not null
                ? new CachedReply(body, headers.ContentType, headers.CacheControl, headers.ETag, askedAt)
                : null
        );
    }

    /// <summary>There is no whole reply.</summary>
    public static SharedResult Failed(int status) => new(status, new HeaderDictionary(), [], null);

    /// <summary>Sends it to the reader that it was made for, as it came.</summary>
    public Task WriteAsync(HttpContext context)
    {
        var response = context.Response;
        response.StatusCode = Status;
        foreach (var (name, value) in Headers)
        {
            if (string.Equals(name, HeaderNames.Vary, StringComparison.OrdinalIgnoreCase))
            {
                response.Headers.Append(name, value);
            }
            else
            {
                response.Headers[name] = value;
            }
        }
        return Body is null or [] || HttpMethods.IsHead(context.Request.Method)
            ? Task.CompletedTask
            : response.BodyWriter.WriteAsync(Body, context.RequestAborted).AsTask();
    }

    private static bool Says(StringValues cacheControl, params ReadOnlySpan<string> directives)
    {
        var text = cacheControl.ToString();
        foreach (var directive in directives)
        {
            if (text.Contains(directive, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }
        return false;
    }
}
