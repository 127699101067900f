using System.Text.Json;
using Microsoft.Extensions.Options;
using PortalServices.ServiceDefaults.Settings;

namespace PortalServices.Feedback.Deadlines;

/// <summary>
/// The days of a year on which public offices are closed besides weekends, and the weekend days on which they work
/// instead, from the file <c>{year}.json</c>:
/// <c>{"source": "…", "holidays": [{"day": "2027-01-01", "name": "…"}], "workingWeekends": [{"day": "…", "name":
/// "…"}]}</c>. A day in <c>unconfirmed</c> may become a holiday; until it is one, offices work on it.
/// </summary>
internal sealed class Holidays
{
    private readonly HashSet<DateOnly> _closed = [],
        _open = [];
    private readonly Dictionary<DateOnly, string> _unconfirmed = [];

    /// <summary>Reads every file of a folder, all at the start.</summary>
    /// <exception cref="StartupException">A file cannot be read, or names a day of another year.</exception>
    public Holidays(string folder)
    {
        foreach (
            var file in Directory.Exists(folder)
                ? Directory.GetFiles(folder, "*.json").Order(StringComparer.Ordinal)
                : Enumerable.Empty<string>()
        )
        {
            Read(file);
        }
    }

    /// <summary>Of the settings' folder.</summary>
    public Holidays(IOptions<FeedbackOptions> options, IOptions<SeedsOptions> seeds)
        : this(options.Value.Holidays ?? Path.Combine(seeds.Value.Directory, "holidays"))
    {
        if (options.Value.Holidays is { } folder && !Directory.Exists(folder))
        {
            throw new StartupException($"Feedback:Holidays: there is no folder {folder}.");
        }
    }

    /// <summary>The years with a file; of others only weekends are known.</summary>
    public IReadOnlySet<int> Years { get; } = new HashSet<int>();

    /// <summary>Days of which it is not certain whether offices are closed, with what is known of each.</summary>
    public IReadOnlyDictionary<DateOnly, string> Unconfirmed => _unconfirmed;

    /// <summary>Whether public offices work on a day.</summary>
    public bool IsWorkingDay(DateOnly day) =>
        day.DayOfWeek is DayOfWeek.Saturday or DayOfWeek.Sunday ? _open.Contains(day) : !_closed.Contains(day);

    private void Read(string file)
    {
        if (!int.TryParse(Path.GetFileNameWithoutExtension(file), out var year))
        {
            throw new StartupException($"{file}: the name is a year, such as 2027.json.");
        }
        var content = Parse(file);
        var (holidays, working, unconfirmed) = (
            content.Holidays,
            content.WorkingWeekends ?? [],
            content.Unconfirmed ?? []
        );
        List<Named> all = [.. holidays, .. working, .. unconfirmed];
        // What is null inside a list, the reader of JSON does not mind.
        if (all.Any(each => each is null))
        {
            throw new StartupException($"{file}: a day is null.");
        }
        if (all.FirstOrDefault(each => each.Day.Year != year) is { } other)
        {
            throw new StartupException($"{file}: {other.Day:O} is not in {year}.");
        }
        if (
            working.FirstOrDefault(each => each.Day.DayOfWeek is not (DayOfWeek.Saturday or DayOfWeek.Sunday)) is
            { } usual
        )
        {
            throw new StartupException($"{file}: {usual.Day:O} is a working day anyway.");
        }
        if (unconfirmed.FirstOrDefault(each => holidays.Any(holiday => holiday.Day == each.Day)) is { } both)
        {
            throw new StartupException($"{file}: {both.Day:O} is a holiday and unconfirmed.");
        }
        foreach (var each in unconfirmed)
        {
            _unconfirmed[each.Day] = each.Name;
        }
        _closed.UnionWith(holidays.Select(each => each.Day));
        _open.UnionWith(working.Select(each => each.Day));
        ((HashSet<int>)Years).Add(year);
    }

    private static Year Parse(string file)
    {
        try
        {
            return JsonSerializer.Deserialize<Year>(File.ReadAllBytes(file), PortalJson.Options)
                ?? throw new StartupException($"{file}: null.");
        }
        catch (Exception unreadable) when (unreadable is JsonException or IOException or UnauthorizedAccessException)
        {
            throw new StartupException($"{file}: {unreadable.Message}");
        }
    }

    private sealed record Year(
        string Source,
        IReadOnlyList<Named> Holidays,
        IReadOnlyList<Named>? WorkingWeekends = null,
        IReadOnlyList<Named>? Unconfirmed = null
    );

    private sealed record Named(DateOnly Day, string Name);
}

/// <summary>
/// Reads the files of holidays, so that a mistake in one stops the start, together with all else that is wrong.
/// </summary>
internal sealed class HolidaysCheck(IServiceProvider services) : IStartupCheck
{
    public ValueTask<IEnumerable<string>> FindMistakesAsync()
    {
        services.GetRequiredService<Holidays>();
        return new([]);
    }
}
