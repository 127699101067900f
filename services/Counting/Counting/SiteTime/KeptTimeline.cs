using System.Globalization;
using PortalServices.Counting.Storage;
using PortalServices.ServiceDefaults;

namespace PortalServices.Counting.SiteTime;

/// <summary>A site's timeline, kept in its ledger: each process notes its calendar there when it starts, and asks no more.</summary>
internal sealed class KeptTimeline(Site site, SiteCalendar current, StoreConnection store, ViewLedger ledger, TimeProvider time)
{
    private volatile SiteTimeline? _timeline;

    /// <summary>The timeline, this process' calendar included.</summary>
    /// <exception cref="StoreUnavailableException">The store is away; as are other exceptions of the store.</exception>
    public async ValueTask<SiteTimeline> GetAsync()
    {
        if (_timeline is { } known)
        {
            return known;
        }

        var notes = await store.WithProcessAsync(CountingKeys.Ledger(site.Id), process => ledger.NoteCalendarAsync(
            process, site.Id, $"{site.Zone.Id} {site.FirstDayOfWeek}", SiteCalendar.MinuteOf(time.GetUtcNow())));
        return _timeline = new SiteTimeline([.. notes.Split(';').Select(Read)]);
    }

    private (long Since, SiteCalendar Calendar) Read(string note)
    {
        var words = note.Split(' ');
        // A zone that this machine does not know any more: its days are sought under the names of today's zone.
        return (long.Parse(words[0], CultureInfo.InvariantCulture), TimeZoneInfo.TryFindSystemTimeZoneById(words[1], out var zone)
            ? new SiteCalendar(zone, Enum.Parse<DayOfWeek>(words[2]))
            : current);
    }
}
