using System.Text;
using PortalServices.LoadTests.Sending;

namespace PortalServices.LoadTests.Tests.Sending;

public sealed class ReplyHeadTests
{
    [Theory]
    [InlineData("HTTP/1.1 204 No Content\r\nDate: x\r\n\r\n", 204, 0, true, 0)]
    [InlineData("HTTP/1.1 200 OK\r\ncontent-LENGTH: 12\r\n\r\n", 200, 12, true, 0)]
    [InlineData("HTTP/1.1 503 X\r\nRetry-After: 3\r\nContent-Length: 0\r\nConnection: close\r\n\r\n", 503, 0, false, 3)]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", 200, -1, true, 0)]
    [InlineData("HTTP/1.1 200 OK\r\n\r\n", 200, -1, false, 0)]
    [InlineData("HTTP/1.0 200 OK\r\nContent-Length: 1\r\n\r\n", 200, 1, false, 0)]
    [InlineData("SSH-2.0-OpenSSH\r\n\r\n", 0, 0, false, 0)]
    public void A_head_is_read(string text, int status, long length, bool keeps, int retryAfter)
    {
        Assert.True(ReplyHead.TryRead(Encoding.ASCII.GetBytes(text + "more"), out var head));
        Assert.Equal(
            (status, text.Length, length, keeps, retryAfter),
            (head.Status, head.Length, head.BodyLength, head.KeepsConnection, head.RetryAfterSeconds)
        );
    }

    [Fact]
    public void Half_a_head_is_waited_for() =>
        Assert.False(ReplyHead.TryRead("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n"u8, out _));
}
