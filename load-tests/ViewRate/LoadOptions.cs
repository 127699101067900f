using System.Globalization;

namespace PortalServices.ViewRate;

/// <summary>How long to measure.</summary>
internal sealed record LoadOptions
{
    public const string Usage =
        "usage: load-tests/performance [--telemetry | --all] [--quick | --shortest] [--starts N] [--rounds N] [--seconds N] [--warm-up SECONDS]";

    /// <summary>
    /// How often the portals are started anew for <see cref="OfTelemetry"/>: two that were started alike differ by more
    /// than what telemetry takes.
    /// </summary>
    public int Starts { get; private init; } = 1;

    /// <summary>Every round has a slice of each subject; rounds of each start.</summary>
    public int Rounds { get; private init; } = 7;

    public int Seconds { get; private init; } = 5;

    /// <summary>
    /// Of each subject. Code that is called often is compiled again, with what was seen of its use; that takes a while
    /// on a busy machine.
    /// </summary>
    public int WarmUp { get; private init; } = 10;

    /// <summary>
    /// Whether a rate below the floor is a failure. One second shows that all of it works, and no rate.
    /// </summary>
    public bool JudgesFloor { get; private init; } = true;

    /// <summary>Whether the portal is compared with itself without telemetry, and not with bare YARP.</summary>
    public bool OfTelemetry { get; private init; }

    /// <summary>Whether everything is measured that docs/performance.md shows, at 64 and at 256 connections.</summary>
    public bool OfAll { get; private init; }

    /// <summary>Null for arguments that are none.</summary>
    public static LoadOptions? Parse(IReadOnlyList<string> arguments)
    {
        var options = new LoadOptions();
        for (var i = 0; i < arguments.Count; i++)
        {
            if (arguments[i] == "--telemetry")
            {
                options = options with { OfTelemetry = true, Starts = 3, Rounds = 12, Seconds = 1, WarmUp = 12 };
                continue;
            }

            if (arguments[i] == "--all")
            {
                options = options with { OfAll = true, Rounds = 5, Seconds = 2, WarmUp = 6 };
                continue;
            }

            if (arguments[i] == "--quick")
            {
                options = options with { Rounds = 3, Seconds = 2, WarmUp = 4 };
                continue;
            }

            if (arguments[i] == "--shortest")
            {
                options = options with { Starts = 1, Rounds = 1, Seconds = 1, WarmUp = 1, JudgesFloor = false };
                continue;
            }

            var name = arguments[i];
            if (
                ++i == arguments.Count
                || !int.TryParse(arguments[i], NumberStyles.None, CultureInfo.InvariantCulture, out var value)
                || value == 0
            )
            {
                return null;
            }
            LoadOptions? next = name switch
            {
                "--starts" => options with { Starts = value },
                "--rounds" => options with { Rounds = value },
                "--seconds" => options with { Seconds = value },
                "--warm-up" => options with { WarmUp = value },
                _ => null,
            };
            if (next is null)
            {
                return null;
            }
            options = next;
        }

        return options;
    }
}
