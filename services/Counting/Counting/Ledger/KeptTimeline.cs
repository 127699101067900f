using System.Globalization;
using PortalServices.Counting.Model;
using PortalServices.Counting.Store;

namespace PortalServices.Counting.Ledger;

/// <summary>
/// A site's timeline, kept in its ledger: each process notes its calendar there when it starts, and asks no more. A
/// change that comes too soon after others ends the process before it has counted anything.
/// </summary>
internal sealed class KeptTimeline(
    Site site,
    SiteCalendar current,
    ViewLedger ledger,
    FatalStop fatal,
    TimeProvider time
)
{
    private volatile SiteTimeline? _timeline;

    private string Own => $"{site.Zone.Id} {site.FirstDayOfWeek}";

    /// <summary>The timeline, this process' calendar included.</summary>
    /// <exception cref="RefusedCalendarException">This process' calendar is refused; the process ends.</exception>
    /// <exception cref="StoreUnavailableException">The store is away; as are other exceptions of the store.</exception>
    public async ValueTask<SiteTimeline> GetAsync()
    {
        if (_timeline is { } known)
        {
            return known;
        }

        var notes = await ledger.WithProcessAsync(
            site.Id,
            process => ledger.ReadFieldAsync(process, site.Id, CountingKeys.Calendars)
        );
        while (!notes.EndsWith($" {Own}", StringComparison.Ordinal))
        {
            var minute = SiteCalendar.MinuteOf(time.GetUtcNow());
            if (notes.Length > 0 && Read(notes).TakesFrom(current, minute) is var from && from > minute)
            {
                throw Refused(from);
            }

            // Another process may have noted its own meanwhile; then that one is looked at.
            var before = notes;
            notes = await ledger.WithProcessAsync(
                site.Id,
                process => ledger.NoteCalendarAsync(process, site.Id, Own, minute, before)
            );
        }

        return _timeline = Read(notes);
    }

    private RefusedCalendarException Refused(long from)
    {
        var until = DateTimeOffset
            .FromUnixTimeSeconds(from * 60)
            .ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture);
        var line =
            $"Sites: {site.Id}: zone and firstDayOfWeek have changed so often lately that pages would show another week than their site; set them back to what they were, or wait until {until}";
        fatal.Stop(line);
        return new RefusedCalendarException(line);
    }

    private SiteTimeline Read(string notes) => new([.. notes.Split(';').Select(ReadNote)]);

    private (long Since, SiteCalendar Calendar) ReadNote(string note)
    {
        var words = note.Split(' ');
        // A zone that this machine does not know any more: its days are sought under the names of today's zone.
        return (
            long.Parse(words[0], CultureInfo.InvariantCulture),
            TimeZoneInfo.TryFindSystemTimeZoneById(words[1], out var zone)
                ? new SiteCalendar(zone, Enum.Parse<DayOfWeek>(words[2]))
                : current
        );
    }
}
