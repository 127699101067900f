using System.Collections.Concurrent;

namespace PortalServices.Feedback.Deadlines;

/// <summary>
/// Counts working days as terms in days are counted in Vietnam: the day of the event itself is not one of them (Civil
/// Code 91/2015/QH13, article 147.2), so the first is the next working day, and the term ends with the end of the last.
/// </summary>
internal sealed partial class WorkingDays(Holidays holidays, ILogger<WorkingDays> logger)
{
    private readonly ConcurrentDictionary<int, bool> _toldYears = new();
    private readonly ConcurrentDictionary<DateOnly, bool> _toldDays = new();

    /// <summary>The day so many working days after a day; negative ones lie before it.</summary>
    public DateOnly After(DateOnly day, int workingDays)
    {
        var step = Math.Sign(workingDays);
        for (var left = Math.Abs(workingDays); left > 0; )
        {
            day = day.AddDays(step);
            if (!holidays.Years.Contains(day.Year) && _toldYears.TryAdd(day.Year, true))
            {
                LogUnknownYear(day.Year);
            }
            if (holidays.Unconfirmed.TryGetValue(day, out var known) && _toldDays.TryAdd(day, true))
            {
                LogUnconfirmed(day, known);
            }
            if (holidays.IsWorkingDay(day))
            {
                left--;
            }
        }

        return day;
    }

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "There is no file of holidays for {Year}: of its days only weekends are left out of terms"
    )]
    private partial void LogUnknownYear(int year);

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "{Day:O} may be a day off, and is a working day in terms until the file of holidays names it: {Known}"
    )]
    private partial void LogUnconfirmed(DateOnly day, string known);
}
