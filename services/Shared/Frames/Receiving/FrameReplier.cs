using System.Buffers;
using System.Text;
using PortalServices.Frames.Format;

namespace PortalServices.Frames.Receiving;

/// <summary>Takes the reply to one request; from any thread, once.</summary>
public readonly record struct FrameReplier
{
    // Of the connection, or made by each side itself.
    private static readonly HashSet<string> NotCarried = new(StringComparer.OrdinalIgnoreCase)
    {
        "Connection",
        "Content-Length",
        "Date",
        "Keep-Alive",
        "Server",
        "Trailer",
        "Transfer-Encoding",
        "Upgrade",
    };

    private readonly FrameConnection _connection;
    private readonly uint _id;

    internal FrameReplier(FrameConnection connection, uint id) => (_connection, _id) = (connection, id);

    internal FrameConnection Connection => _connection;

    internal uint Id => _id;

    /// <summary>Appends the reply. It is sent by <see cref="Flush"/>.</summary>
    /// <param name="status">HTTP status.</param>
    /// <param name="headers">Its headers, prepared.</param>
    /// <param name="body">Its body.</param>
    public void Append(int status, PreparedHeaders headers, ReadOnlySpan<byte> body)
    {
        ArgumentNullException.ThrowIfNull(headers);
        _connection.Reply(_id, status, headers.Written, headers.Count, body);
    }

    /// <summary>
    /// Appends the reply that was made for a pipeline. One that fits into no frame is a fault of the route that is framed:
    /// it is answered 500.
    /// </summary>
    /// <param name="status">HTTP status.</param>
    /// <param name="headers">Its headers; those of a connection stay here.</param>
    /// <param name="body">Its body.</param>
    public void Append(int status, IHeaderDictionary headers, ReadOnlySpan<byte> body)
    {
        ArgumentNullException.ThrowIfNull(headers);
        var fields = CarriedFields(headers);
        var bytes = fields.Sum(field =>
            3 + ((field.Name.Length + field.Value.Length) * Encoding.UTF8.GetMaxByteCount(1))
        );
        if (
            status is < 200 or > 599
            || fields.Exists(field => field.Name.Length == 0)
            || fields.Count > FrameFormat.MaxHeaders
            || fields.Exists(field => field.Value.Length > ushort.MaxValue / 3 || field.Name.Length > byte.MaxValue / 3)
            || FrameFormat.HeadBytes + 3 + bytes + body.Length > FrameFormat.MaxFrameBytes
        )
        {
            AppendFault();
            return;
        }

        var rented = ArrayPool<byte>.Shared.Rent(Math.Max(1, bytes));
        var into = new FrameWriter(rented, 0);
        foreach (var (name, value) in fields)
        {
            into.ShortText(name);
            into.Text(value);
        }
        _connection.Reply(_id, status, rented.AsSpan(0, into.Length), fields.Count, body);
        ArrayPool<byte>.Shared.Return(rented);
    }

    /// <summary>Appends that nothing could be made of the request, not even a problem: 500.</summary>
    public void AppendFault() => _connection.Reply(_id, StatusCodes.Status500InternalServerError, [], 0, []);

    /// <summary>Sends this reply and all that were appended to the same connection before.</summary>
    public void Flush() => _connection.Flush();

    private static List<(string Name, string Value)> CarriedFields(IHeaderDictionary headers)
    {
        var fields = new List<(string, string)>();
        foreach (var (name, values) in headers)
        {
            foreach (var value in NotCarried.Contains(name) ? [] : values)
            {
                fields.Add((name, value ?? ""));
            }
        }
        return fields;
    }
}

/// <summary>Headers as they lie in a frame; made once for all replies that have the same.</summary>
public sealed class PreparedHeaders
{
    private readonly byte[] _written;

    /// <param name="headers">Names and values.</param>
    public PreparedHeaders(params IReadOnlyList<(string Name, string Value)> headers)
    {
        ArgumentNullException.ThrowIfNull(headers);
        _written = new byte[headers.Sum(each => 3 + Encoding.UTF8.GetByteCount(each.Name + each.Value))];
        var into = new FrameWriter(_written, 0);
        foreach (var (name, value) in headers)
        {
            into.ShortText(name);
            into.Text(value);
        }
        Count = headers.Count;
    }

    internal ReadOnlySpan<byte> Written => _written;

    internal int Count { get; }
}
