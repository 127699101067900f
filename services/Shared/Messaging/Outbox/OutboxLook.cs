using System.Buffers.Binary;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace PortalServices.Messaging.Outbox;

/// <summary>
/// Counts what waits in the outbox of <typeparamref name="TContext"/>, beside its publisher: a consumer in this process
/// may take that long.
/// </summary>
internal sealed class OutboxLook<TContext>(
    OutboxTables<TContext> tables,
    IServiceScopeFactory scopes,
    OutboxState<TContext> state,
    IOptions<MessagingOptions> options,
    TimeProvider time
) : IPeriodicWork
    where TContext : DbContext
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(1);

    public string Name => $"counting the events that wait in {typeof(TContext).Name}";

    public async Task<TimeSpan> RunAsync(CancellationToken stopping)
    {
        await tables.AreThere.WaitAsync(stopping);
        await using var scope = scopes.CreateAsyncScope();
        var messages = scope.ServiceProvider.GetRequiredService<TContext>().Set<OutboxMessage>();
        var waiting = await messages.CountAsync(stopping);
        var oldest =
            waiting == 0
                ? Guid.Empty
                : await messages
                    .OrderBy(message => message.Id)
                    .Select(message => message.Id)
                    .FirstOrDefaultAsync(stopping);
        var oldestAt = WrittenAt(oldest);
        state.Saw(waiting, options.Value.MaxWaiting, oldestAt);
        var service = MessagingTelemetry.Service.With(tables.Service);
        var age = waiting == 0 ? 0 : (time.GetUtcNow().ToUnixTimeMilliseconds() - oldestAt) / 1000.0;
        MessagingTelemetry.Outbox.Record(waiting, service);
        MessagingTelemetry.OutboxAge.Record(Math.Max(0, age), service);
        return Every;
    }

    // The first 48 bits of a UUID of version 7 (RFC 9562, section 5.7): milliseconds since 1970 UTC.
    private static long WrittenAt(Guid id)
    {
        Span<byte> bytes = stackalloc byte[16];
        id.TryWriteBytes(bytes, bigEndian: true, out _);
        return BinaryPrimitives.ReadInt64BigEndian(bytes) >> 16;
    }
}
