using System.Buffers.Text;
using System.Text;
using PortalServices.Counting.Model;

namespace PortalServices.Counting.Ledger;

/// <summary>
/// A page's record in the ledger (see <see cref="CountingKeys"/>), read into the numbers that are shown.
/// </summary>
internal sealed record PageRecord
{
    private readonly Part _counted;

    // Few pages have any.
    private readonly Adjustments? _adjustments;

    private PageRecord(in Part counted, in Part baseline, in Part correction, bool isPublished)
    {
        _counted = counted;
        _adjustments = baseline == default && correction == default ? null : new Adjustments(baseline, correction);
        IsPublished = isPublished;
    }

    /// <summary>A page that was never seen.</summary>
    public static PageRecord None { get; } = new(default, default, default, isPublished: false);

    /// <summary>An article marks the page as published.</summary>
    public bool IsPublished { get; }

    /// <summary>Views shown in all: counted ones, baselines and corrections.</summary>
    public long ShownTotal => _counted.Total + Baseline.Total + Correction.Total;

    /// <summary>Views shown at an instant whose day and week have these names.</summary>
    public ViewTotals Shown(long day, long week) => Shown(_counted, Baseline, Correction, day, week);

    private Part Baseline => _adjustments?.Baseline ?? default;

    private Part Correction => _adjustments?.Correction ?? default;

    /// <exception cref="FormatException">The text is not a record.</exception>
    public static PageRecord Parse(string text) => Parse(Encoding.UTF8.GetBytes(text));

    /// <inheritdoc cref="Parse(string)"/>
    public static PageRecord Parse(ReadOnlySpan<byte> text)
    {
        if (text.IsEmpty)
        {
            return None;
        }

        var isPublished = Read(text, out var counted, out var baseline, out var correction);
        return new PageRecord(counted, baseline, correction, isPublished);
    }

    /// <summary>
    /// The views that a record shows, for who goes through very many and needs few of them: it makes nothing to be
    /// collected.
    /// </summary>
    /// <exception cref="FormatException">The text is not a record.</exception>
    public static ViewTotals Shown(ReadOnlySpan<byte> text, long day, long week)
    {
        if (text.IsEmpty)
        {
            return default;
        }

        Read(text, out var counted, out var baseline, out var correction);
        return Shown(counted, baseline, correction, day, week);
    }

    /// <summary>Reads the parts; whether somebody marks the page as published.</summary>
    private static bool Read(ReadOnlySpan<byte> text, out Part counted, out Part baseline, out Part correction)
    {
        counted = ReadPart(NextPart(ref text));
        baseline = ReadAdjustment(NextPart(ref text));
        correction = ReadAdjustment(NextPart(ref text));
        return NextPart(ref text).Length > 0;
    }

    private static Part ReadAdjustment(ReadOnlySpan<byte> part)
    {
        // Earlier versions kept only the latest day and week of an adjustment.
        const int NumbersOfOne = 5;
        if (part.IsEmpty)
        {
            return default;
        }

        if (part.Count((byte)' ') != NumbersOfOne - 1)
        {
            return ReadPart(part);
        }

        Span<long> numbers = stackalloc long[NumbersOfOne];
        ReadNumbers(part, numbers);
        return new Part(numbers[0], numbers[1], numbers[2], 0, 0, numbers[3], numbers[4], 0, 0);
    }

    private static Part ReadPart(ReadOnlySpan<byte> part)
    {
        Span<long> numbers = stackalloc long[9];
        ReadNumbers(part, numbers);
        return new Part(
            numbers[0],
            numbers[1],
            numbers[2],
            numbers[3],
            numbers[4],
            numbers[5],
            numbers[6],
            numbers[7],
            numbers[8]
        );
    }

    private static ReadOnlySpan<byte> NextPart(ref ReadOnlySpan<byte> text)
    {
        var end = text.IndexOf((byte)'|');
        var part = end < 0 ? text : text[..end];
        text = end < 0 ? default : text[(end + 1)..];
        return part;
    }

    private static void ReadNumbers(ReadOnlySpan<byte> part, Span<long> numbers)
    {
        for (var i = 0; i < numbers.Length; i++)
        {
            // One space between two numbers, and nothing behind the last.
            var isLast = i == numbers.Length - 1;
            if (
                !Utf8Parser.TryParse(part, out numbers[i], out var used)
                || (isLast ? used != part.Length : used == part.Length || part[used] != ' ')
            )
            {
                throw new FormatException(
                    $"A page record has {numbers.Length} numbers in this part, and number {i + 1} is none."
                );
            }

            part = isLast ? default : part[(used + 1)..];
        }
    }

    private static ViewTotals Shown(in Part counted, in Part baseline, in Part correction, long day, long week) =>
        new(
            counted.OfDay(day) + baseline.OfDay(day) + correction.OfDay(day),
            counted.OfWeek(week) + baseline.OfWeek(week) + correction.OfWeek(week),
            counted.Total + baseline.Total + correction.Total
        );

    private sealed record Adjustments(Part Baseline, Part Correction);

    private readonly record struct Part(
        long Total,
        long Day,
        long DayViews,
        long DayBefore,
        long DayBeforeViews,
        long Week,
        long WeekViews,
        long WeekBefore,
        long WeekBeforeViews
    )
    {
        public long OfDay(long day) =>
            day == Day ? DayViews
            : day == DayBefore ? DayBeforeViews
            : 0;

        public long OfWeek(long week) =>
            week == Week ? WeekViews
            : week == WeekBefore ? WeekBeforeViews
            : 0;
    }
}
