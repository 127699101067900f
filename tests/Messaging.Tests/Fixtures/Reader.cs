using System.Collections.Concurrent;
using System.Diagnostics;
using MassTransit;

namespace PortalServices.Messaging.Tests.Fixtures;

/// <summary>What a consumer was handed and how it took it.</summary>
public sealed class Reader
{
    private int _calls;

    /// <summary>
    /// Decides before a message is taken, with the number of the call from 1 on; throwing is failing.
    /// </summary>
    public Func<int, CancellationToken, Task> Before { get; set; } = (_, _) => Task.CompletedTask;

    /// <summary>How often it was called.</summary>
    public int Calls => Volatile.Read(ref _calls);

    /// <summary>The messages that it took, with the trace they came with.</summary>
    public ConcurrentQueue<(Guid Id, NoteTaken Note, string? Trace)> Taken { get; } = new();

    /// <summary>The texts, sorted.</summary>
    public IEnumerable<string> Texts => Taken.Select(each => each.Note.Text).Order(StringComparer.Ordinal);

    public void Fail() => Before = (_, _) => throw new InvalidOperationException("This note cannot be read.");

    public void Succeed() => Before = (_, _) => Task.CompletedTask;

    public async Task TakeAsync(NoteTaken note, CancellationToken cancel)
    {
        await Before(Interlocked.Increment(ref _calls), cancel);
        Taken.Enqueue((Guid.Empty, note, Activity.Current?.TraceId.ToHexString()));
    }

    public async Task TakeAsync(ConsumeContext<NoteTaken> context)
    {
        await Before(Interlocked.Increment(ref _calls), context.CancellationToken);
        Taken.Enqueue((context.MessageId!.Value, context.Message, Activity.Current?.TraceId.ToHexString()));
    }
}
