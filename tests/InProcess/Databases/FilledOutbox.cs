using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using PortalServices.Messaging.Outbox;
using PortalServices.Testing;

namespace PortalServices.InProcess.Databases;

/// <summary>
/// The outbox of a service that was started with <c>Messaging:MaxWaiting=1</c>, so that one event fills it.
/// </summary>
/// <param name="services">Of the service.</param>
/// <param name="cancel">Given up.</param>
public sealed class FilledOutbox<TContext>(IServiceProvider services, CancellationToken cancel)
    where TContext : DbContext
{
    /// <summary>Leaves an event in it that stays there, and waits until its place is known to be taken.</summary>
    public async Task<Guid> FillAsync()
    {
        // What was written before has left it.
        await Eventually.HoldsAsync(async () => (await EventsAsync()).Count == 0, "it is empty", cancel);
        var id = Guid.CreateVersion7();
        await WithAsync(context =>
        {
            context.Add(
                new OutboxMessage
                {
                    Id = id,
                    Type = "tests:of-a-later-version:v1",
                    Body = "{}",
                }
            );
            return context.SaveChangesAsync(cancel);
        });
        await Eventually.HoldsAsync(() => State.IsFull, "it is full", cancel);
        return id;
    }

    /// <summary>Waits until what was written before has left it, and until there is known to be room.</summary>
    public async Task HasLeftAsync()
    {
        await Eventually.HoldsAsync(async () => (await EventsAsync()).Count == 0, "it is empty", cancel);
        await Eventually.HoldsAsync(() => !State.IsFull, "there is room", cancel);
    }

    /// <summary>Takes everything out, and waits until there is known to be room again.</summary>
    public async Task EmptyAsync()
    {
        await WithAsync(context => context.Set<OutboxMessage>().ExecuteDeleteAsync(cancel));
        await Eventually.HoldsAsync(() => !State.IsFull, "there is room", cancel);
    }

    /// <summary>The events that wait.</summary>
    public Task<List<Guid>> EventsAsync() =>
        WithAsync(context => context.Set<OutboxMessage>().Select(message => message.Id).ToListAsync(cancel));

    private OutboxState<TContext> State => services.GetRequiredService<OutboxState<TContext>>();

    private async Task<T> WithAsync<T>(Func<TContext, Task<T>> work)
    {
        await using var scope = services.CreateAsyncScope();
        return await work(scope.ServiceProvider.GetRequiredService<TContext>());
    }
}
