using System.Collections.Concurrent;
using PortalServices.Contracts;
using PortalServices.Messaging.Bus;

namespace PortalServices.Content.Tests.Fixtures;

/// <summary>A bus that keeps the announcements it takes, in their order, and lets other events go.</summary>
internal sealed class AnnouncedPublications : IEventTransport
{
    private readonly ConcurrentQueue<PublicationsAnnounced> _taken = new();
    private int _tries;

    /// <summary>Whether it takes one, and what happens before; it takes all by itself.</summary>
    public Func<PublicationsAnnounced, CancellationToken, Task<bool>> TakesAsync { get; set; } =
        (_, _) => Task.FromResult(true);

    public int Tries => Volatile.Read(ref _tries);

    public IReadOnlyList<PublicationsAnnounced> Taken => [.. _taken];

    /// <summary>The articles of a site that it has taken, in their order.</summary>
    public IReadOnlyList<ArticlePublication> ArticlesOf(string site) =>
        [.. Taken.Where(each => each.Site == site).SelectMany(each => each.Articles)];

    public async Task PublishAsync(EventEnvelope envelope, CancellationToken cancel)
    {
        if (envelope.Message is not PublicationsAnnounced announced)
        {
            return;
        }
        Interlocked.Increment(ref _tries);
        if (!await TakesAsync(announced, cancel))
        {
            throw new InvalidOperationException("No queue takes it.");
        }
        _taken.Enqueue(announced);
    }
}
