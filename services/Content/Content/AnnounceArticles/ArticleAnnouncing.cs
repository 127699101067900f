using PortalServices.Content.Storage;
using PortalServices.Contracts;
using PortalServices.Messaging.Bus;

namespace PortalServices.Content.AnnounceArticles;

/// <summary>
/// Announces all articles of every site again: when the process starts, every ten minutes, and when counting asks. No
/// message of it needs to be kept, so it goes past the outbox; of all replicas one at a time is at a site.
/// </summary>
internal sealed class ArticleAnnouncing(
    IServiceScopeFactory scopes,
    SiteList sites,
    EventAnnouncer events,
    TimeProvider time
) : IPeriodicWork
{
    /// <summary>
    /// After each message, so that neither the database nor counting is busy with nothing else: 5,000 articles a second
    /// at most.
    /// </summary>
    public static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(100);

    /// <summary>Of one message, before its site gives way to the others.</summary>
    public const int MaxTries = 3;

    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(1);
    private static readonly Backoff WhileNothingIsTaken = new(TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(10));

    private bool _hasAsked;
    private int _untaken;

    public string Name => "announcing all articles";

    public async Task<TimeSpan> RunAsync(CancellationToken stopping)
    {
        await using var scope = scopes.CreateAsyncScope();
        var database = scope.ServiceProvider.GetRequiredService<ContentContext>();
        var turns = new AnnouncementTurns(database);
        if (!_hasAsked)
        {
            await turns.RequestAsync(sites.All.Select(site => site.Id), time.GetUtcNow(), stopping);
            _hasAsked = true;
        }

        // Of a site that is not in this process' list, another one may know.
        var due = (await turns.DueAsync(time.GetUtcNow(), stopping)).Where(site => sites.TryGet(site, out _)).ToList();
        if (due.Count == 0)
        {
            return LookEvery;
        }
        _untaken = await TakeTurnsAsync(database, turns, due, stopping) ? 0 : _untaken + 1;
        return _untaken == 0 ? LookEvery : WhileNothingIsTaken.After(_untaken);
    }

    /// <summary>
    /// Takes the turns of some sites, one after the other; false when the bus did not take all of one, which begins
    /// anew later, as do those behind it.
    /// </summary>
    private async Task<bool> TakeTurnsAsync(
        ContentContext database,
        AnnouncementTurns turns,
        List<string> due,
        CancellationToken stopping
    )
    {
        var claim = Guid.CreateVersion7(time.GetUtcNow());
        var (complete, current) = (new List<string>(), (string?)null);
        try
        {
            var claimed = await turns.ClaimAsync(due, claim, time.GetUtcNow(), stopping);
            foreach (var site in due.Where(claimed.Contains))
            {
                current = site;
                switch (await AnnounceAsync(database, turns, site, claim, stopping))
                {
                    case Outcome.Lost:
                        return true;
                    case Outcome.Untaken:
                        return false;
                    default:
                        complete.Add(site);
                        current = null;
                        break;
                }
            }

            return true;
        }
        finally
        {
            // Also while the process ends, so that nobody waits for the lease.
            if (complete.Count > 0)
            {
                await turns.CompleteAsync(complete, claim, time.GetUtcNow());
            }
            // A site that failed, whatever it was, lets the others go first.
            var failed = stopping.IsCancellationRequested ? null : current;
            await turns.ReleaseAsync(failed, claim, time.GetUtcNow() + WhileNothingIsTaken.Max);
        }
    }

    /// <summary>Announces the articles of a site.</summary>
    private async Task<Outcome> AnnounceAsync(
        ContentContext database,
        AnnouncementTurns turns,
        string site,
        Guid claim,
        CancellationToken stopping
    )
    {
        var after = Place.Start;
        while (await PublicationPages.NextAsync(database, site, after, stopping) is var (page, end))
        {
            if (await TryPublishAsync(turns, page, claim, stopping) is var outcome and not Outcome.Taken)
            {
                return outcome;
            }
            after = end;
            await Task.Delay(Pace, time, stopping);
        }

        return Outcome.Taken;
    }

    /// <summary>
    /// Publishes a message. The place in the turn is not given up at once: a queue that is full has room again when its
    /// consumer has gone on.
    /// </summary>
    private async Task<Outcome> TryPublishAsync(
        AnnouncementTurns turns,
        PublicationsAnnounced page,
        Guid claim,
        CancellationToken stopping
    )
    {
        for (var tries = 1; ; tries++)
        {
            if (!await turns.RenewAsync(claim, time.GetUtcNow(), stopping))
            {
                return Outcome.Lost;
            }
            if (await events.TryPublishAsync(page, stopping))
            {
                return Outcome.Taken;
            }
            if (tries == MaxTries)
            {
                return Outcome.Untaken;
            }
            await Task.Delay(WhileNothingIsTaken.After(tries), time, stopping);
        }
    }

    private enum Outcome
    {
        Taken,
        Untaken,

        /// <summary>Another replica has the turn: this one stood still for longer than a claim holds.</summary>
        Lost,
    }
}
