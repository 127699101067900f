using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace PortalServices.Messaging.Outbox;

/// <summary>
/// Counts what waits in the outbox of <typeparamref name="TContext"/>, beside its publisher: a consumer in this process
/// may take that long.
/// </summary>
internal sealed class OutboxLook<TContext>(
    Task tables,
    IServiceScopeFactory scopes,
    OutboxState<TContext> state,
    IOptions<MessagingOptions> options
) : IPeriodicWork
    where TContext : DbContext
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(1);

    public string Name => $"counting the events that wait in {typeof(TContext).Name}";

    public async Task<TimeSpan> RunAsync(CancellationToken stopping)
    {
        await tables.WaitAsync(stopping);
        await using var scope = scopes.CreateAsyncScope();
        var (waiting, oldestAt) = await OutboxTable.LookAsync(
            scope.ServiceProvider.GetRequiredService<TContext>(),
            stopping
        );
        state.Saw(waiting, options.Value.MaxWaiting, oldestAt);
        return Every;
    }
}
