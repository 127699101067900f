using System.Globalization;
using PortalServices.Counting.Model;

namespace PortalServices.Counting.Housekeeping;

/// <summary>
/// Which fields of a ledger nothing reads any more, at one moment. It sees one field after the other and remembers
/// none.
/// </summary>
/// <param name="minutesSince">Bucket name of the first minute that is kept.</param>
/// <param name="hoursSince">Likewise of the first hour.</param>
/// <param name="receiptsSince">Store time in ms: receipts last written before it are silent.</param>
/// <param name="oldestGeneration">Number of the oldest generation of view ids that is searched.</param>
internal sealed class LedgerSweep(long minutesSince, long hoursSince, long receiptsSince, long oldestGeneration)
{
    /// <summary>
    /// Receipts silent for so long are removed; a lane silent for 6 days has taken a new name by then.
    /// </summary>
    public static readonly TimeSpan ReceiptSilence = TimeSpan.FromDays(7);

    /// <summary>What is to be kept by the site's clock and by the store's.</summary>
    /// <param name="calendar">Of the site.</param>
    /// <param name="now">The moment, in unix minutes.</param>
    /// <param name="storeTime">The store's time, ms.</param>
    /// <param name="generations">The ledger's field of generations: current, then the one before.</param>
    public static LedgerSweep At(SiteCalendar calendar, long now, long storeTime, string generations)
    {
        // Number, began, count of the current generation; the same of the one before it.
        var words = generations.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var oldest = words.Length == 0 ? 0 : long.Parse(words[words.Length > 3 ? 3 : 0], CultureInfo.InvariantCulture);
        return new LedgerSweep(
            TrafficStep.Minute.KeptSince(calendar, now),
            TrafficStep.Hour.KeptSince(calendar, now),
            storeTime - (long)ReceiptSilence.TotalMilliseconds,
            oldest
        );
    }

    /// <summary>How many view ids the current generation holds; 0 once its time is over.</summary>
    /// <param name="generations">The ledger's field: number, begin (ms), count of the current one, then of the one
    /// before.</param>
    /// <param name="overBefore">What began before that is over (ms).</param>
    public static long IdsOf(string generations, long overBefore) =>
        generations.Split(' ', StringSplitOptions.RemoveEmptyEntries) is [_, var began, var count, ..]
        && long.TryParse(began, NumberStyles.None, CultureInfo.InvariantCulture, out var since)
        && since >= overBefore
        && long.TryParse(count, NumberStyles.None, CultureInfo.InvariantCulture, out var ids)
            ? ids
            : 0;

    /// <summary>Whether a field is to be removed.</summary>
    /// <param name="name">The field, as text: what is not text is only ever behind the second colon of an id
    /// shard.</param>
    /// <param name="value">Its value.</param>
    public bool IsOver(ReadOnlySpan<char> name, ReadOnlySpan<char> value) =>
        name switch
        {
            ['m', ':', .. var minute] => Number(minute) is { } bucket && bucket < minutesSince,
            ['h', ':', .. var hour] => Number(hour) is { } bucket && bucket < hoursSince,
            ['i', ':', .. var rest] => Number(Word(rest, ':')) is { } generation && generation < oldestGeneration,
            // "sequence, when, outcomes"
            ['r', ':', ..] => value.IndexOf(' ') is > 0 and var at
                && Number(Word(value[(at + 1)..], ' ')) is { } last
                && last < receiptsSince,
            _ => false,
        };

    /// <summary>What stands before the first such character; all of the text where there is none.</summary>
    public static ReadOnlySpan<char> Word(ReadOnlySpan<char> text, char end) =>
        text.IndexOf(end) is >= 0 and var at ? text[..at] : text;

    /// <summary>A number without a sign; null for another text.</summary>
    public static long? Number(ReadOnlySpan<char> text) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
