using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace PortalServices.Testing.Portal;

/// <summary>One request of bytes as they are, on a connection that stays open: the answer ends where it says.</summary>
public static class RawRequest
{
    /// <summary>Sends a request and reads the reply to its end.</summary>
    /// <param name="door">Where to.</param>
    /// <param name="request">The bytes; each character is one (Latin-1).</param>
    /// <param name="cancel">When to stop waiting.</param>
    public static async Task<RawAnswer> SendAsync(Uri door, string request, CancellationToken cancel)
    {
        using var client = new TcpClient { NoDelay = true };
        await client.ConnectAsync(door.Host, door.Port, cancel);
        var stream = client.GetStream();
        try
        {
            await stream.WriteAsync(Encoding.Latin1.GetBytes(request), cancel);
        }
        catch (IOException)
        {
            // It has been answered before its end.
        }

        return await ReadAsync(stream, cancel);
    }

    private static async Task<RawAnswer> ReadAsync(NetworkStream stream, CancellationToken cancel)
    {
        var received = new MemoryStream();
        var buffer = new byte[16 * 1024];
        try
        {
            while (await stream.ReadAsync(buffer, cancel) is > 0 and var count)
            {
                received.Write(buffer.AsSpan(0, count));
                if (RawAnswer.TryParse(Encoding.UTF8.GetString(received.ToArray()), isAll: false) is { } reply)
                {
                    return reply;
                }
            }
        }
        catch (IOException)
        {
            // Reset: what has come is all there is.
        }

        return RawAnswer.TryParse(Encoding.UTF8.GetString(received.ToArray()), isAll: true) ?? new RawAnswer(0, "", "");
    }
}

/// <summary>An answer as it came.</summary>
/// <param name="Status">0 when the connection ended without one.</param>
/// <param name="Head">The lines above the body.</param>
/// <param name="Body">The body.</param>
public sealed record RawAnswer(int Status, string Head, string Body)
{
    /// <summary>The code of a problem; empty where the body is none.</summary>
    public string Code =>
        Head.Contains("Content-Type: application/problem+json", StringComparison.OrdinalIgnoreCase)
            ? System.Text.Json.JsonElement.Parse(Body).GetProperty("code").GetString()!
            : "";

    /// <summary>The value of a header; null when it is not there.</summary>
    public string? Header(string name) =>
        Head.Split("\r\n")
            .Skip(1)
            .Where(line => line.StartsWith(name + ":", StringComparison.OrdinalIgnoreCase))
            .Select(line => line[(name.Length + 1)..].Trim())
            .FirstOrDefault();

    internal static RawAnswer? TryParse(string text, bool isAll)
    {
        var end = text.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        if (end < 0 || text.Split(' ') is not [_, var status, ..])
        {
            return null;
        }
        var reply = new RawAnswer(int.Parse(status, CultureInfo.InvariantCulture), text[..end], text[(end + 4)..]);
        var isWhole = reply.Header("Content-Length") is { } length
            ? Encoding.UTF8.GetByteCount(reply.Body) >= int.Parse(length, CultureInfo.InvariantCulture)
            : reply.Header("Transfer-Encoding") is null || reply.Body.EndsWith("0\r\n\r\n", StringComparison.Ordinal);
        return isAll || isWhole ? reply : null;
    }
}
