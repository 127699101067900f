using System.Globalization;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using PortalServices.Feedback.Deadlines;
using PortalServices.Testing;

namespace PortalServices.Feedback.Tests.Deadlines;

/// <summary>
/// Terms in working days over the seeded holidays of 2026 and 2027. The expected days are counted on a calendar; the
/// working days of each stand beside it.
/// </summary>
public sealed class WorkingDaysTests
{
    private static readonly Holidays Seeded = new(Path.Combine(Repository.Root, "seeds", "holidays"));

    [Theory]
    // Tết 2026, 16 to 20 February: 3–6, 9–13, 23–27 February, 2 March.
    [InlineData("2026-02-02", 15, "2026-03-02")]
    // On the last day before it, on a weekend and in the middle of it: 23–27 February, 2–6 and 9–13 March.
    [InlineData("2026-02-13", 15, "2026-03-13")]
    [InlineData("2026-02-14", 15, "2026-03-13")]
    [InlineData("2026-02-18", 15, "2026-03-13")]
    // Tết 2027, 5 to 11 February with the days off instead: 29 January, 1–4, 12, 15–19, 22–25 February.
    [InlineData("2027-01-28", 15, "2027-02-25")]
    // 12, 15–19, 22–26 February, 1–4 March.
    [InlineData("2027-02-04", 15, "2027-03-04")]
    [InlineData("2027-02-11", 15, "2027-03-04")]
    // Over the end of the year, with 1 January closed: 21–25, 28–31 December, 4–8, 11 January.
    [InlineData("2026-12-18", 15, "2027-01-11")]
    public void Days_on_which_offices_are_closed_for_Tet_do_not_count(string from, int days, string expected) =>
        Assert.Equal(Day(expected), After(from, days));

    [Theory]
    // 1 and 2 January are closed and Saturday the 10th is worked instead: 5–9, 10, 12–16, 19–22 January.
    [InlineData("2025-12-31", 15, "2026-01-22")]
    // 17–21, Saturday 22, 24–28 August; 31 August to 2 September are closed; 3, 4, 7, 8 September.
    [InlineData("2026-08-14", 15, "2026-09-08")]
    // The Saturday itself, as the last day and as the day on which it begins: 12–16, 19–23, 26–30 January.
    [InlineData("2026-01-09", 1, "2026-01-10")]
    [InlineData("2026-01-10", 15, "2026-01-30")]
    // 27 April instead of a Sunday: 16, 17, 20–24, 28, 29 April, 4–8, 11 May.
    [InlineData("2026-04-15", 15, "2026-05-11")]
    public void A_weekend_that_is_worked_counts_and_the_day_off_instead_does_not(
        string from,
        int days,
        string expected
    ) => Assert.Equal(Day(expected), After(from, days));

    [Theory]
    // 8–12, 15–19, 22–26 June, whichever of the three days it is.
    [InlineData("2026-06-05", "2026-06-26")]
    [InlineData("2026-06-06", "2026-06-26")]
    [InlineData("2026-06-07", "2026-06-26")]
    [InlineData("2026-06-08", "2026-06-29")]
    public void The_first_day_is_the_next_working_day(string from, string expected) =>
        Assert.Equal(Day(expected), After(from, 15));

    [Theory]
    [InlineData("2026-06-08", 0, "2026-06-08")]
    [InlineData("2026-06-07", 0, "2026-06-07")]
    [InlineData("2026-06-08", -1, "2026-06-05")]
    [InlineData("2026-01-12", -1, "2026-01-10")]
    // 13, 12, 11, 10, 9 February: Tết lies between.
    [InlineData("2026-02-23", -5, "2026-02-09")]
    public void Negative_days_lie_before(string from, int days, string expected) =>
        Assert.Equal(Day(expected), After(from, days));

    [Fact]
    public void A_year_without_a_file_has_weekends_only_and_is_told_of_once()
    {
        var log = new Warnings();
        var days = new WorkingDays(Seeded, log);
        // 1 January 2029 is a Monday, and 15 working days are three weeks.
        Assert.Equal(Day("2029-01-22"), days.After(Day("2029-01-01"), 15));
        Assert.Equal(Day("2029-02-12"), days.After(Day("2029-01-22"), 15));
        Assert.Contains("2029", Assert.Single(log.Told), StringComparison.Ordinal);
        // 31 December 2029 is a Monday: its term ends in another year that nobody knows.
        Assert.Equal(Day("2030-01-07"), days.After(Day("2029-12-31"), 5));
        Assert.Equal(2, log.Told.Count);
        days.After(Day("2026-06-05"), 15);
        Assert.Equal(2, log.Told.Count);
    }

    private static DateOnly After(string from, int days) =>
        new WorkingDays(Seeded, NullLogger<WorkingDays>.Instance).After(Day(from), days);

    private static DateOnly Day(string text) => DateOnly.ParseExact(text, "O", CultureInfo.InvariantCulture);

    private sealed class Warnings : ILogger<WorkingDays>
    {
        public List<string> Told { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning;

        public void Log<TState>(
            LogLevel logLevel,
            EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter
        ) => Told.Add(formatter(state, exception));
    }
}
