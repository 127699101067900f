using System.Text;
using PortalServices.Frames.Format;

namespace PortalServices.Frames.Receiving;

/// <summary>Takes the reply to one request; from any thread, once.</summary>
public readonly record struct FrameReplier
{
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

    /// <summary>Sends this reply and all that were appended to the same connection before.</summary>
    public void Flush() => _connection.Flush();
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
