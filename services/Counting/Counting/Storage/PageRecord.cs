using System.Globalization;

namespace PortalServices.Counting.Storage;

/// <summary>A page's record in the ledger (see <see cref="CountingKeys"/>), read into the numbers that are shown.</summary>
internal sealed record PageRecord
{
    private readonly Part _counted, _baseline, _correction;

    private PageRecord(Part counted, Part baseline, Part correction, bool isPublished)
    {
        _counted = counted;
        _baseline = baseline;
        _correction = correction;
        IsPublished = isPublished;
    }

    /// <summary>A page that was never seen.</summary>
    public static PageRecord None { get; } = new(default, default, default, isPublished: false);

    /// <summary>An article marks the page as published.</summary>
    public bool IsPublished { get; }

    /// <summary>Views shown in all: counted ones, baselines and corrections.</summary>
    public long ShownTotal => _counted.Total + _baseline.Total + _correction.Total;

    /// <summary>Views shown at an instant whose day and week have these names.</summary>
    public ViewTotals Shown(long day, long week) => new(
        _counted.OfDay(day) + _baseline.OfDay(day) + _correction.OfDay(day),
        _counted.OfWeek(week) + _baseline.OfWeek(week) + _correction.OfWeek(week),
        ShownTotal);

    /// <exception cref="FormatException">The text is not a record.</exception>
    public static PageRecord Parse(string text)
    {
        if (text.Length == 0)
        {
            return None;
        }

        var parts = text.Split('|');
        var counted = Numbers(parts[0], 9);
        return new PageRecord(
            new Part(counted[0], counted[1], counted[2], counted[3], counted[4], counted[5], counted[6], counted[7], counted[8]),
            Adjustment(parts, 1),
            Adjustment(parts, 2),
            isPublished: parts.Length > 3 && parts[3].Length > 0);
    }

    private static Part Adjustment(string[] parts, int index)
    {
        if (parts.Length <= index || parts[index].Length == 0)
        {
            return default;
        }

        var numbers = Numbers(parts[index], 5);
        return new Part(numbers[0], numbers[1], numbers[2], 0, 0, numbers[3], numbers[4], 0, 0);
    }

    private static long[] Numbers(string text, int count)
    {
        var numbers = Array.ConvertAll(text.Split(' '), word => long.Parse(word, CultureInfo.InvariantCulture));
        return numbers.Length == count ? numbers : throw new FormatException($"A page record has {numbers.Length} numbers in a part of {count}.");
    }

    private readonly record struct Part(
        long Total, long Day, long DayViews, long DayBefore, long DayBeforeViews, long Week, long WeekViews, long WeekBefore, long WeekBeforeViews)
    {
        public long OfDay(long day) => day == Day ? DayViews : day == DayBefore ? DayBeforeViews : 0;

        public long OfWeek(long week) => week == Week ? WeekViews : week == WeekBefore ? WeekBeforeViews : 0;
    }
}
