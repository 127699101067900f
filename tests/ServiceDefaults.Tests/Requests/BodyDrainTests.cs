using System.Net;

namespace PortalServices.ServiceDefaults.Tests.Requests;

public sealed class BodyDrainTests
{
    [Theory]
    [InlineData(Door.Public)]
    [InlineData(Door.Internal)]
    public async Task A_refused_request_is_read_to_its_end_before_its_reply_ends(Door door)
    {
        await using var app = await TestApp.StartAsync(_ => { });
        for (var i = 0; i < 20; i++)
        {
            var body = new SlowBody(bytes: 200_000);
            using var reply = await app.SendAsync(door, HttpMethod.Post, "/nothing", new StreamContent(body));
            Assert.Equal(HttpStatusCode.NotFound, reply.StatusCode);
            await reply.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);
            Assert.True(body.IsRead);
        }
    }

    /// <summary>Yields between pieces, so that a server that answers early is caught in the middle.</summary>
    private sealed class SlowBody(int bytes) : Stream
    {
        private int _left = bytes;

        public bool IsRead => _left == 0;

        public override bool CanRead => true;
        public override bool CanSeek => false;
        public override bool CanWrite => false;
        public override long Length => throw new NotSupportedException();
        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override async ValueTask<int> ReadAsync(
            Memory<byte> buffer,
            CancellationToken cancellationToken = default
        )
        {
            await Task.Yield();
            var count = Math.Min(Math.Min(buffer.Length, 4096), _left);
            buffer.Span[..count].Clear();
            _left -= count;
            return count;
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override void Flush() => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
