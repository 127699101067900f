using System.CommandLine;
using PortalServices.LoadTests.Arrivals;
using PortalServices.LoadTests.Calibrate;
using PortalServices.LoadTests.Chaos;
using PortalServices.LoadTests.Reports;
using PortalServices.LoadTests.Runs;
using PortalServices.LoadTests.Scenarios;
using PortalServices.LoadTests.Sending;
using PortalServices.LoadTests.Verify;

namespace PortalServices.LoadTests.Commands;

/// <summary>The options of a run, whoever started the suite.</summary>
internal sealed class RunOptions
{
    private const double MaxRate = 1_000_000;

    private readonly Argument<string> _scenario = new("scenario")
    {
        Description = string.Join("; ", ScenarioList.Names.Select(each => $"{each.Key}: {each.Value}")),
    };
    private readonly Option<double> _rate = new("--rate")
    {
        Description = "requests a second, whatever the target does",
        DefaultValueFactory = _ => 100,
    };
    private readonly Option<double?> _to = new("--to") { Description = "a ramp from --rate to this rate" };
    private readonly Option<double?> _peak = new("--peak")
    {
        Description = "a spike: this rate in the middle fifth of the time",
    };
    private readonly Option<int?> _clients = new("--clients")
    {
        Description = "a closed loop of so many clients instead of a rate: what the target can do at most",
    };
    private readonly Option<TimeSpan> _duration = Duration("--duration", "how long requests are sent", "10s");
    private readonly Option<TimeSpan> _warmUp = Duration("--warm-up", "how long latencies do not count yet", "0s");
    private readonly Option<int> _connections = new("--connections")
    {
        Description = "connections to each target at the most",
        DefaultValueFactory = _ => 256,
    };
    private readonly Option<int> _maxWaiting = new("--max-waiting")
    {
        Description = "requests that may wait for a connection; further ones are dropped",
        DefaultValueFactory = _ => 20_000,
    };
    private readonly Option<TimeSpan> _timeout = Duration("--timeout", "how long an answer is waited for", "20s");
    private readonly Option<string[]> _sites = new("--site")
    {
        Description = "a site (repeatable); at first loadtest, or all sites for load tests of a local suite",
    };
    private readonly Option<bool> _writesToRealSites = new("--write-to-real-site")
    {
        Description = "write to sites without loadTest, for ever",
    };
    private readonly Option<string[]> _readSites = new("--read-site")
    {
        Description = "a site whose articles are read (repeatable); at first those of --site",
    };
    private readonly Option<int> _pages = new("--pages")
    {
        Description = "pages of a site that views share, by Zipf's law",
        DefaultValueFactory = _ => 500,
    };
    private readonly Option<int> _visitors = new("--visitors")
    {
        Description = "browsers that come again and again",
        DefaultValueFactory = _ => 5_000,
    };
    private readonly Option<double> _repeats = new("--repeats")
    {
        Description = "of a hundred acknowledged views so many are sent once more",
        DefaultValueFactory = _ => 2,
    };
    private readonly Option<int> _pageCap = new("--page-cap")
    {
        Description = "pages that a site counts on their own (Counting:PagesPerSite); a quarter of it is used",
        DefaultValueFactory = _ => 100_000,
    };
    private readonly Option<bool> _verify = new("--verify")
    {
        Description = "keep a history, and check every view against the counted numbers",
    };
    private readonly Option<string?> _history = new("--history")
    {
        Description = "the file of the history, with --verify; at first load-INSTANT.history",
    };
    private readonly Option<TimeSpan> _resolveFor = Duration(
        "--resolve-for",
        "how long unknown views are sent again after the run; below a generation of ids (10m)",
        "60s"
    );
    private readonly Option<TimeSpan> _settleFor = Duration(
        "--settle-for",
        "how long targets may take to show what they acknowledged",
        "30s"
    );
    private readonly Option<bool> _chaos = new("--chaos")
    {
        Description = "kill and restart parts while the run goes on: those of --fault, or of a local suite",
    };
    private readonly Option<string[]> _faults = new("--fault")
    {
        Description = "a part by the commands that kill and start it, with --chaos (repeatable): NAME=KILL=>START",
    };
    private readonly Option<TimeSpan> _chaosEvery = Duration("--chaos-every", "from one kill to the next", "10s");
    private readonly Option<TimeSpan> _chaosDown = Duration("--chaos-down", "how long a part stays down", "1s");
    private readonly Option<string[]> _thresholds = new("--threshold")
    {
        Description =
            $"a limit (repeatable), like p99<200ms, errors<1%, rate>950: {string.Join(", ", Threshold.Figures.Keys)}",
    };
    private readonly Option<string?> _json = new("--json") { Description = "write the report to this file, as JSON" };
    private readonly Option<string?> _html = new("--html") { Description = "write the report to this file, as HTML" };
    private readonly Option<string[]> _processes = new("--process")
    {
        Description = "a process of the target on this machine (repeatable), whose processor time is reported: NAME=ID",
    };
    private readonly Option<string?> _calibration = new("--calibration")
    {
        Description = "a file that calibrate wrote: a rate above what it found is flagged",
    };

    /// <summary>Adds them to a command.</summary>
    public void AddTo(Command command)
    {
        command.Arguments.Add(_scenario);
        foreach (
            var option in (Option[])
                [
                    _rate,
                    _to,
                    _peak,
                    _clients,
                    _duration,
                    _warmUp,
                    _connections,
                    _maxWaiting,
                    _timeout,
                    _sites,
                    _writesToRealSites,
                    _readSites,
                    _pages,
                    _visitors,
                    _repeats,
                    _pageCap,
                    _verify,
                    _history,
                    _resolveFor,
                    _settleFor,
                    _chaos,
                    _faults,
                    _chaosEvery,
                    _chaosDown,
                    _thresholds,
                    _json,
                    _html,
                    _processes,
                    _calibration,
                ]
        )
        {
            command.Options.Add(option);
        }
    }

    /// <summary>Where the report goes.</summary>
    public (string? Json, string? Html) Reports(ParseResult parsed) => (parsed.GetValue(_json), parsed.GetValue(_html));

    /// <summary>Reads them.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="targets">The public doors.</param>
    /// <param name="sites">The sites where none is named.</param>
    /// <param name="parts">The parts of a local suite; none of another.</param>
    /// <param name="time">The clock.</param>
    /// <exception cref="ToolException">They do not fit.</exception>
    public RunPlan Plan(
        ParseResult parsed,
        IReadOnlyList<Uri> targets,
        IReadOnlyList<string> sites,
        IReadOnlyList<IPart> parts,
        TimeProvider time
    )
    {
        T Value<T>(Option<T> option) => parsed.GetValue(option)!;
        T Checked<T>(Option<T> option, Func<T, bool> holds, string rule) =>
            Value(option) is { } value && !holds(value) ? throw Invalid($"{option.Name}: {rule}") : Value(option);

        var duration = Value(_duration);
        var rate = Checked(_rate, Fits, RateRule);
        var to = Checked(_to, value => Fits(value!.Value), RateRule);
        var peak = Checked(_peak, value => Fits(value!.Value), RateRule);
        var clients = Checked(_clients, value => value is > 0 and <= 10_000, "1 to 10000");
        if (new object?[] { to, peak, clients }.Count(each => each is not null) > 1)
        {
            throw Invalid("--to, --peak and --clients exclude each other");
        }
        if (Value(_sites) is { Length: > 0 } named)
        {
            sites = named;
        }
        if (
            sites.FirstOrDefault(site =>
                site.Length is 0 or > 32 || site.Any(c => !char.IsAsciiLetterOrDigit(c) && c != '-')
            ) is
            { } wrong
        )
        {
            throw Invalid($"--site: '{wrong}' is not the id of a site");
        }
        var isVerified = Value(_verify);
        if (!isVerified && (Value(_history) is not null || Value(_chaos)))
        {
            throw Invalid($"{(Value(_chaos) ? "--chaos" : "--history")} needs --verify");
        }
        return new RunPlan
        {
            Scenario = parsed.GetValue(_scenario)!,
            Targets = targets,
            Sites = [.. sites.Distinct()],
            ReadSites = Value(_readSites) is { Length: > 0 } read ? read : sites,
            WritesToRealSites = Value(_writesToRealSites),
            Schedule =
                clients is not null ? null
                : to is { } end ? ArrivalSchedule.Ramp(rate, end, duration)
                : peak is { } most ? ArrivalSchedule.Spike(rate, most, duration)
                : ArrivalSchedule.Constant(rate, duration),
            Clients = clients ?? 0,
            Duration = duration,
            WarmUp = Checked(_warmUp, value => value < duration, "less than --duration"),
            Limits = new SendingLimits(
                Math.Max(clients ?? 0, Checked(_connections, value => value is > 0 and <= 10_000, "1 to 10000")),
                Checked(_maxWaiting, value => value is >= 0 and <= 1_000_000, "0 to 1000000") + (clients ?? 0),
                Value(_timeout)
            ),
            SharedPages = Checked(_pages, value => value is > 0 and <= 10_000, "1 to 10000"),
            Visitors = Checked(_visitors, value => value is > 0 and <= 10_000_000, "1 to 10000000"),
            Repeats = Checked(_repeats, value => value is >= 0 and <= 100, "0 to 100") / 100,
            PageCap = Checked(_pageCap, value => value is >= 100 and <= 1_000_000, "100 to 1000000"),
            History = isVerified
                ? Path.GetFullPath(Value(_history) ?? $"load-{time.GetUtcNow():yyyyMMdd'T'HHmmss}.history")
                : null,
            Verifier = new VerifierLimits(Value(_resolveFor), Value(_settleFor)),
            Chaos = Value(_chaos)
                ? new ChaosPlan(Parts(Value(_faults), parts), Value(_chaosEvery), Value(_chaosDown))
                : null,
            Processes = Processes(Value(_processes)),
            Thresholds = [.. Value(_thresholds).Select(Limit)],
            CalibratedRate = Value(_calibration) is { } file ? Calibration.Read(file).HighestRate : null,
        };
    }

    /// <summary>An option whose value is a duration.</summary>
    public static Option<TimeSpan> Duration(string name, string description, string at) =>
        new(name)
        {
            Description = $"{description} (500ms, 10s, 5m, 2h; at first {at})",
            DefaultValueFactory = _ => Durations.TryParse(at, out var value) ? value : default,
            CustomParser = result =>
            {
                if (Durations.TryParse(result.Tokens[0].Value, out var value))
                {
                    return value;
                }
                result.AddError(
                    $"{name}: '{result.Tokens[0].Value}' is no duration like 500ms, 10s, 5m or 2h, at most 7 days"
                );
                return default;
            },
        };

    public static ToolException Invalid(string what) => new(ErrorCode.InvalidOption, what);

    private const string RateRule = "above 0, at most 1000000";

    private static bool Fits(double rate) => rate is > 0 and <= MaxRate;

    private static IReadOnlyList<IPart> Parts(string[] faults, IReadOnlyList<IPart> own)
    {
        if (faults.Length == 0)
        {
            return own.Count > 0 ? own : throw Invalid("--chaos needs a --fault for each part, or a local suite");
        }
        return
        [
            .. faults.Select(text =>
                CommandPart.Parse(text) ?? throw Invalid($"--fault: '{text}' is not NAME=KILL COMMAND=>START COMMAND")
            ),
        ];
    }

    private static Func<IReadOnlyDictionary<string, int>> Processes(string[] texts)
    {
        var all = new Dictionary<string, int>();
        foreach (var text in texts)
        {
            all[text.Split('=')[0]] =
                text.Split('=') is [{ Length: > 0 }, var id]
                && int.TryParse(id, out var number)
                && Directory.Exists($"/proc/{number}")
                    ? number
                    : throw Invalid($"--process: '{text}' is not NAME=ID of a process of this machine");
        }
        return () => all;
    }

    private static Threshold Limit(string text) =>
        Threshold.TryParse(text, out var threshold)
            ? threshold!
            : throw Invalid($"--threshold: '{text}' is not like p99<200ms, errors<1% or rate>950");
}
