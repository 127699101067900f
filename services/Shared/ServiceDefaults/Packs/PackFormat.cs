using System.Globalization;
using System.Text;

namespace PortalServices.ServiceDefaults.Packs;

/// <summary>
/// How small requests travel together from the gateway to a service: one HTTP request carries a pack of them, its reply
/// the replies in the same order. Numbers are four bytes, big endian; texts are UTF-8 and, like bytes, preceded by
/// their length.
/// </summary>
/// <remarks>
/// A pack: version, how many requests; of each the method, the path (decoded), the query (as it was sent, with its
/// question mark), the headers as name and value in turn up to an empty name, the body. The first header says how long
/// it has waited, in as many digits as it may have, so that it can be put right when the pack is sent. Its reply:
/// version, how many replies; of each the status, the headers, the body.
/// </remarks>
public static class PackFormat
{
    /// <summary>Where a service takes packs: <c>POST</c>, on its internal door.</summary>
    public const string Path = "/pack";

    /// <summary>The content type of packs and of their replies.</summary>
    public const string MediaType = "application/vnd.portal-services.pack";

    /// <summary>The largest pack, in bytes.</summary>
    public const int MaxBytes = 512 * 1024;

    /// <summary>Most requests in a pack.</summary>
    public const int MaxRequests = 256;

    /// <summary>Most headers of a request: as many as the server lets in, and some that the gateway adds.</summary>
    public const int MaxHeaders = 128;

    /// <summary>The largest request without its body, in bytes as it lies in a pack.</summary>
    public const int MaxHeadBytes = 64 * 1024;

    /// <summary>The largest body of a request, in bytes.</summary>
    public const int MaxBodyBytes = 32 * 1024;

    /// <summary>What a pack has besides its requests, in bytes.</summary>
    public const int BytesBeforeRequests = 2 * sizeof(int);

    internal const int Version = 1;

    // Headers of one connection, and those that each side makes itself: they do not travel.
    private static readonly HashSet<string> OfTheConnection = new(StringComparer.OrdinalIgnoreCase)
    {
        "Connection",
        "Proxy-Connection",
        "Keep-Alive",
        "Transfer-Encoding",
        "TE",
        "Trailer",
        "Upgrade",
        "Proxy-Authenticate",
        "Proxy-Authorization",
        "HTTP2-Settings",
        "Expect",
        "Host",
        "Content-Length",
        "Date",
        "Server",
    };

    /// <summary>
    /// A request as it lies in a pack. False for one that the reader would refuse, and with it all others of the pack:
    /// it has to travel by itself.
    /// </summary>
    public static bool TryWrite(PackedRequest request, out ReadOnlyMemory<byte> written)
    {
        written = Write(request);
        var from = new PackReader(written);
        try
        {
            SkipRequest(ref from);
            return true;
        }
        catch (InvalidDataException)
        {
            return false;
        }
    }

    internal static ReadOnlyMemory<byte> Write(PackedRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        var into = new PackWriter(1024 + request.Body.Length);
        into.Text(request.Method);
        into.Text(request.Path);
        into.Text(request.Query);
        into.Text(GatewayHeaders.Waited);
        into.Text(Digits(GatewayHeaders.WaitedMilliseconds(request.Headers)));
        WriteHeaders(into, request.Headers, GatewayHeaders.Waited);
        into.Bytes(request.Body.Span);
        return into.Written;
    }

    /// <summary>Makes a pack of requests that have been written.</summary>
    /// <param name="requests">The requests.</param>
    /// <param name="waited">How long each has waited since it was written; null for not at all.</param>
    public static ReadOnlyMemory<byte> Pack(
        IReadOnlyList<ReadOnlyMemory<byte>> requests,
        IReadOnlyList<TimeSpan>? waited = null
    )
    {
        ArgumentNullException.ThrowIfNull(requests);
        var into = new PackWriter(BytesBeforeRequests + requests.Sum(request => request.Length));
        into.Number(Version);
        into.Number(requests.Count);
        for (var i = 0; i < requests.Count; i++)
        {
            var digits = waited is null ? 0 : FindWaited(requests[i]);
            into.Raw(requests[i].Span[..digits]);
            if (waited is not null)
            {
                var before = long.Parse(
                    requests[i].Span.Slice(digits, GatewayHeaders.MaxDigits),
                    NumberStyles.None,
                    CultureInfo.InvariantCulture
                );
                // Rounded up, as everywhere.
                into.Raw(Encoding.ASCII.GetBytes(Digits(before + (long)Math.Ceiling(waited[i].TotalMilliseconds))));
                digits += GatewayHeaders.MaxDigits;
            }

            into.Raw(requests[i].Span[digits..]);
        }

        return into.Written;
    }

    /// <summary>The reply of a pack.</summary>
    public static ReadOnlyMemory<byte> Write(IReadOnlyList<PackedReply> replies)
    {
        ArgumentNullException.ThrowIfNull(replies);
        var into = new PackWriter(1024);
        into.Number(Version);
        into.Number(replies.Count);
        foreach (var reply in replies)
        {
            into.Number(reply.Status);
            WriteHeaders(into, reply.Headers);
            into.Bytes(reply.Body.Span);
        }

        return into.Written;
    }

    /// <summary>
    /// Reads a pack to its end, or not at all: what it says of its parts is checked before anything is made of them.
    /// Bodies lie in the memory that was read.
    /// </summary>
    /// <exception cref="InvalidDataException">It is none.</exception>
    public static PackedRequest[] ReadRequests(ReadOnlyMemory<byte> pack)
    {
        var ahead = new PackReader(pack);
        for (var left = ReadCount(ref ahead); left > 0; left--)
        {
            SkipRequest(ref ahead);
        }
        ahead.End();

        var from = new PackReader(pack);
        var requests = new PackedRequest[ReadCount(ref from)];
        for (var i = 0; i < requests.Length; i++)
        {
            requests[i] = new PackedRequest(from.Text(), from.Text(), from.Text(), ReadHeaders(ref from), from.Bytes());
        }
        return requests;
    }

    /// <summary>Reads the reply of a pack to its end, or not at all. Bodies lie in the memory that was read.</summary>
    /// <exception cref="InvalidDataException">It is none.</exception>
    public static PackedReply[] ReadReplies(ReadOnlyMemory<byte> pack)
    {
        var ahead = new PackReader(pack);
        for (var left = ReadCount(ref ahead); left > 0; left--)
        {
            if (ahead.Number() is < 200 or > 599)
            {
                throw new InvalidDataException("A reply of the pack has no status.");
            }
            SkipHeaders(ref ahead);
            ahead.Bytes();
        }

        ahead.End();

        var from = new PackReader(pack);
        var replies = new PackedReply[ReadCount(ref from)];
        for (var i = 0; i < replies.Length; i++)
        {
            replies[i] = new PackedReply(from.Number(), ReadHeaders(ref from), from.Bytes());
        }
        return replies;
    }

    private static string Digits(long milliseconds) =>
        milliseconds.ToString($"D{GatewayHeaders.MaxDigits}", CultureInfo.InvariantCulture);

    /// <summary>Where the digits of a request's waiting time begin.</summary>
    private static int FindWaited(ReadOnlyMemory<byte> request)
    {
        var from = new PackReader(request);
        // Method, path, query, and the header's name.
        for (var i = 0; i < 4; i++)
        {
            from.Bytes();
        }
        return request.Length - from.Left + sizeof(int);
    }

    private static void SkipRequest(ref PackReader from)
    {
        var before = from.Left;
        var method = from.Bytes();
        var path = from.Bytes().Span;
        var query = from.Bytes().Span;
        if (method.IsEmpty || path is not [(byte)'/', ..] || query is not ([] or [(byte)'?', ..]))
        {
            throw new InvalidDataException("A request of the pack has no method, no path, or a query that is none.");
        }
        SkipHeaders(ref from);
        if (before - from.Left > MaxHeadBytes || from.Bytes().Length > MaxBodyBytes)
        {
            throw new InvalidDataException("A request of the pack is too large.");
        }
    }

    /// <summary>How many there are.</summary>
    private static int SkipHeaders(ref PackReader from)
    {
        for (var headers = 0; ; headers++)
        {
            if (from.Bytes().IsEmpty)
            {
                return headers;
            }
            if (headers == MaxHeaders)
            {
                throw new InvalidDataException("A part of the pack has too many headers.");
            }
            from.Bytes();
        }
    }

    private static int ReadCount(ref PackReader from)
    {
        if (from.Number() != Version)
        {
            throw new InvalidDataException("The pack is of another version.");
        }
        return from.Number() is var count and >= 0 and <= MaxRequests
            ? count
            : throw new InvalidDataException("The pack has too many parts.");
    }

    private static void WriteHeaders(PackWriter into, IHeaderDictionary headers, string? isWritten = null)
    {
        foreach (var (name, values) in headers)
        {
            if (
                OfTheConnection.Contains(name)
                || name.StartsWith(':')
                || string.Equals(name, isWritten, StringComparison.OrdinalIgnoreCase)
            )
            {
                continue;
            }
            foreach (var value in values)
            {
                into.Text(name);
                into.Text(value);
            }
        }

        into.Text("");
    }

    private static HeaderDictionary ReadHeaders(ref PackReader from)
    {
        var ahead = from;
        var left = SkipHeaders(ref ahead);
        // Who runs the request adds its host and its length.
        var headers = new HeaderDictionary(left + 2);
        Dictionary<string, List<string?>>? repeated = null;
        for (; left > 0; left--)
        {
            var (name, value) = (from.Text(), from.Text());
            if (headers.TryAdd(name, value))
            {
                continue;
            }
            repeated ??= new(StringComparer.OrdinalIgnoreCase);
            if (!repeated.TryGetValue(name, out var values))
            {
                repeated[name] = values = [headers[name]];
            }
            values.Add(value);
        }

        from.Bytes();
        foreach (var (name, values) in repeated ?? [])
        {
            headers[name] = values.ToArray();
        }
        return headers;
    }
}

/// <summary>A request in a pack.</summary>
/// <param name="Method">As in <c>POST</c>.</param>
/// <param name="Path">Decoded.</param>
/// <param name="Query">As it was sent, with its question mark; empty without one.</param>
/// <param name="Headers">Those of a connection are not written.</param>
/// <param name="Body">The whole body.</param>
public sealed record PackedRequest(
    string Method,
    string Path,
    string Query,
    IHeaderDictionary Headers,
    ReadOnlyMemory<byte> Body
);

/// <summary>The reply to a request in a pack.</summary>
/// <param name="Status">HTTP status.</param>
/// <param name="Headers">Those of a connection are not written.</param>
/// <param name="Body">The whole body.</param>
public sealed record PackedReply(int Status, IHeaderDictionary Headers, ReadOnlyMemory<byte> Body);
