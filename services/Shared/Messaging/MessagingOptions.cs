using System.ComponentModel.DataAnnotations;
using PortalServices.ServiceDefaults.Settings;

namespace PortalServices.Messaging;

/// <summary>Settings of the events between services, section <c>Messaging</c>.</summary>
public sealed class MessagingOptions
{
    /// <summary>The name of the section.</summary>
    public const string Section = "Messaging";

    /// <summary>
    /// Events that may wait in a service's outbox; past it, what would publish one more is refused with 503
    /// <c>outbox_full</c>.
    /// </summary>
    [Range(1, 10_000_000)]
    [RenamedFrom("MostWaiting")]
    public int MaxWaiting { get; set; } = 1_000_000;

    /// <summary>
    /// Messages among the dead letters of a service; past it, what fails stays where it is and is tried again.
    /// </summary>
    [Range(1, 1_000_000)]
    [RenamedFrom("MostDeadLetters")]
    public int MaxDeadLetters { get; set; } = 10_000;

    /// <summary>
    /// Messages that may wait in a consumer's queue at the broker; past it, the broker takes none and the outbox keeps
    /// them.
    /// </summary>
    [Range(1, 10_000_000)]
    [RenamedFrom("MostQueued")]
    public int MaxQueued { get; set; } = 1_000_000;

    /// <summary>
    /// How often the broker hands out a message whose consumer goes away before it answers; then it moves to the
    /// queue's <c>.parked</c> queue. A consumer that throws is another matter: see <see cref="RetryAfter"/>.
    /// </summary>
    [Range(1, 1_000)]
    public int DeliveryLimit { get; set; } = 20;

    /// <summary>Messages that a consumer works on at the same time.</summary>
    [Range(1, 1_000)]
    public int Prefetch { get; set; } = 16;

    /// <summary>
    /// How long a failed consumer is left alone before it is tried a second and a third time; then the message is a
    /// dead letter.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:01:00")]
    public TimeSpan RetryAfter { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>How often an outbox is looked into for events to publish.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "00:01:00")]
    public TimeSpan PollEvery { get; set; } = TimeSpan.FromMilliseconds(250);

    /// <summary>
    /// How long an event that could not be published waits at most before it is tried again; the first waits are
    /// shorter.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "01:00:00")]
    public TimeSpan LongestWait { get; set; } = TimeSpan.FromSeconds(10);
}
