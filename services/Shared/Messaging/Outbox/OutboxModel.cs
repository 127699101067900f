using System.Diagnostics;
using Microsoft.EntityFrameworkCore;

namespace PortalServices.Messaging.Outbox;

/// <summary>The tables of messaging in a service's database, and publishing through them.</summary>
public static class OutboxModel
{
    /// <summary>Adds the outbox and the dead letters to a model.</summary>
    public static void AddMessagingTables(this ModelBuilder model)
    {
        ArgumentNullException.ThrowIfNull(model);
        model.Entity<OutboxMessage>(outbox =>
        {
            outbox.ToTable("OutboxMessages");
            outbox.HasKey(message => message.Id);
            outbox.Property(message => message.Id).ValueGeneratedNever();
            outbox.Property(message => message.Type).HasMaxLength(200);
            outbox.Property(message => message.TraceParent).HasMaxLength(100);
            outbox.HasIndex(message => message.DueAt);
        });
        model.Entity<DeadLetter>(letters =>
        {
            letters.ToTable("DeadLetters");
            letters.HasKey(letter => new { letter.MessageId, letter.Consumer });
            letters.Property(letter => letter.Consumer).HasMaxLength(200);
            letters.Property(letter => letter.Type).HasMaxLength(DeadLetter.MaxTypeCharacters);
            letters.Property(letter => letter.Error).HasMaxLength(DeadLetter.MaxErrorCharacters);
            letters.Property(letter => letter.TraceParent).HasMaxLength(100);
            letters.HasIndex(letter => letter.FailedAt);
        });
    }

    /// <summary>
    /// Publishes an event with the changes that are saved next: it is on its way when they are committed, and never if
    /// they are not. Order is not promised, and a consumer may have it more than once.
    /// </summary>
    public static void Publish<TEvent>(this DbContext database, TEvent message)
        where TEvent : class
    {
        ArgumentNullException.ThrowIfNull(database);
        ArgumentNullException.ThrowIfNull(message);
        database.Add(
            new OutboxMessage
            {
                Id = Guid.CreateVersion7(),
                Type = EventTypes.NameOf(typeof(TEvent)),
                Body = EventTypes.Write(message),
                TraceParent = Activity.Current is { IdFormat: ActivityIdFormat.W3C } activity ? activity.Id : null,
            }
        );
    }
}
