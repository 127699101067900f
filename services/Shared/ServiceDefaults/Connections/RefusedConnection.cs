using System.Text;
using Microsoft.AspNetCore.Connections;

namespace PortalServices.ServiceDefaults.Connections;

/// <summary>
/// The reply to a connection for which there is no place: the same whatever is asked, and without reading it.
/// </summary>
internal static class RefusedConnection
{
    private static readonly ReadOnlyMemory<byte> Reply = Write();

    public static async Task ReplyAsync(ConnectionContext connection)
    {
        try
        {
            await connection.Transport.Output.WriteAsync(Reply, connection.ConnectionClosed);
            await connection.Transport.Output.CompleteAsync();
        }
        catch (Exception gone) when (gone is IOException or OperationCanceledException)
        {
            // Nobody is there to be told.
        }
    }

    private static byte[] Write()
    {
        var problem = CommonProblems.TooManyConnections;
        var body =
            $$"""{"type":"urn:portal-services:problem:{{problem.Code}}","title":"{{problem.Vietnamese}}","status":{{problem.Status}},"code":"{{problem.Code}}"}""";
        return Encoding.UTF8.GetBytes(
            $"HTTP/1.1 {problem.Status} Service Unavailable\r\nConnection: close\r\nContent-Type: application/problem+json\r\nContent-Language: vi\r\n"
                + $"Content-Length: {Encoding.UTF8.GetByteCount(body)}\r\nCache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\nRetry-After: 1\r\n\r\n{body}"
        );
    }
}
