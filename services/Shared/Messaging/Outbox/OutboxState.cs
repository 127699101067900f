using Microsoft.EntityFrameworkCore;

namespace PortalServices.Messaging.Outbox;

/// <summary>How full the outbox in <typeparamref name="TContext"/> is, as its publisher saw it last.</summary>
public sealed class OutboxState<TContext>
    where TContext : DbContext
{
    private int _waiting,
        _most = int.MaxValue;
    private long _oldestAt;

    /// <summary>Events that wait.</summary>
    public int Waiting => Volatile.Read(ref _waiting);

    /// <summary>
    /// No further change that would publish is to be taken: answer <see cref="MessagingProblems.OutboxFull"/>.
    /// </summary>
    public bool IsFull => Waiting >= Volatile.Read(ref _most);

    /// <summary>When the oldest of them was written, in milliseconds since 1970 UTC; 0 when none waits.</summary>
    internal long OldestAt => Volatile.Read(ref _oldestAt);

    internal void Saw(int waiting, int most, long oldestAt)
    {
        Volatile.Write(ref _most, most);
        Volatile.Write(ref _oldestAt, oldestAt);
        Volatile.Write(ref _waiting, waiting);
    }
}

/// <summary>Ends once the tables of messaging are in <typeparamref name="TContext"/>.</summary>
internal sealed record OutboxTables<TContext>(string Service, Task AreThere)
    where TContext : DbContext;
