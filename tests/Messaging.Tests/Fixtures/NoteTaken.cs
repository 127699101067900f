using System.Text.Json.Serialization;
using MassTransit;
using PortalServices.Messaging.Retired;

namespace PortalServices.Messaging.Tests.Fixtures;

[MessageUrn("tests:note-taken:v1", useDefaultPrefix: false)]
[EntityName("tests.note-taken.v1")]
public sealed record NoteTaken
{
    public required string Text { get; init; }

    public required long Number { get; init; }

    /// <summary>Left out where there is none, as by an event that belongs to no site.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Site { get; init; }
}

/// <summary>An event that no process of the tests consumes.</summary>
[MessageUrn("tests:note-pinned:v1", useDefaultPrefix: false)]
[EntityName("tests.note-pinned.v1")]
public sealed record NotePinned
{
    public required string Text { get; init; }
}

/// <summary>Reads each note; what becomes of it is the test's choice.</summary>
public sealed class ReadNoteConsumer(Readers readers) : IConsumer<NoteTaken>
{
    public const string Name = "portal.notes.read";

    public Task Consume(ConsumeContext<NoteTaken> context) => readers.First.TakeAsync(context);
}

/// <summary>Another consumer of the same event.</summary>
public sealed class FileNoteConsumer(Readers readers) : IConsumer<NoteTaken>
{
    public Task Consume(ConsumeContext<NoteTaken> context) => readers.Second.TakeAsync(context);
}

/// <summary>What is left of the one that reads notes, in a version that has no queue for it any more.</summary>
public sealed class RetiredReadNoteConsumer(Readers readers) : IRetiredConsumer<NoteTaken>
{
    public Task ConsumeAsync(NoteTaken message, CancellationToken cancel) => readers.First.TakeAsync(message, cancel);
}

/// <summary>The consumers that a process has.</summary>
public enum Consumers
{
    /// <summary>It only publishes.</summary>
    None,

    /// <summary>It reads notes.</summary>
    Read,

    /// <summary>It reads notes, from a queue that holds one.</summary>
    Bounded,

    /// <summary>It reads and files them.</summary>
    Both,

    /// <summary>A former version read notes; it does not.</summary>
    Retired,
}

/// <summary>What the two consumers did.</summary>
public sealed class Readers
{
    public Reader First { get; } = new();

    public Reader Second { get; } = new();
}
