using System.Net;
using PortalServices.Testing.Portal;
using PortalServices.Testing.Shapes;
using PortalServices.Testing.Telemetry;

namespace PortalServices.ViewRate;

/// <summary>
/// Starts the portal and the control, measures them in turn, and proves that what was answered was counted.
/// </summary>
internal static class Comparison
{
    /// <summary>The least of bare YARP's rate that is accepted, for views with fsync everysec.</summary>
    public const double Floor = 0.5;

    /// <summary>The least of the rate without telemetry that is accepted, as it is shipped.</summary>
    public const double TelemetryFloor = 0.97;

    // What others take is not taken from every subject alike.
    private const double QuietEnough = 0.1;

    private const int MaxWarmUps = 10;

    private const string Site = "load";
    private const string ViewsPath = $"/api/sites/{Site}/views?return=minimal";

    // The load comes from one machine and says by X-Forwarded-For for whom, as a proxy in front of the gateway does.
    private static readonly PortalSettings Settings = new()
    {
        Sites = [new SiteEntry(Site)],
        Replicas = 1,
        Edge = new Dictionary<string, string> { ["Edge:TrustedProxies:1"] = $"{IPAddress.Loopback}/32" },
        Fsync = "everysec",
    };

    public static async Task<int> RunAsync(LoadOptions options, CancellationToken cancel)
    {
        await using var control = await Control.StartAsync();
        await using var portal = await ServicesShape.StartNewAsync(Settings);
        await using var store = await portal.Redis.ConnectAsync();
        Subject Views(string fsync) =>
            new(
                $"views, fsync {fsync}",
                portal.PublicDoor.Door,
                Parts(portal),
                () => store.GetServers()[0].ConfigSetAsync("appendfsync", fsync)
            );
        Subject[] subjects =
        [
            new("bare YARP", control.Door, control.Processes, () => Task.CompletedTask),
            Views("everysec"),
            Views("always"),
        ];

        await MeasureAsync(subjects, options, cancel);

        var counted = await CountedAsync(portal.PublicDoor, subjects[1..], cancel);
        var report = new Report(subjects[0], subjects[1..]);
        return await TellAsync(report, options, counted, report.Ratio(subjects[1]).Median, Floor);
    }

    /// <summary>Measures the subjects in turn.</summary>
    private static async Task MeasureAsync(Subject[] subjects, LoadOptions options, CancellationToken cancel)
    {
        foreach (var subject in subjects)
        {
            // What was just started on a busy machine may not answer within a second.
            for (var tries = 1; ; tries++)
            {
                cancel.ThrowIfCancellationRequested();
                var slice = await subject.MeasureAsync(ViewsPath, options.WarmUp);
                Tell($"warm-up: {subject.Name}", slice);
                if (slice.Sent.Answered > 0)
                {
                    break;
                }
                if (tries == MaxWarmUps)
                {
                    throw new LoadException($"{subject.Door} answers nothing.");
                }
            }
        }

        for (var round = 0; round < options.Rounds; round++)
        {
            // Each is first, second and third in turn.
            for (var turn = 0; turn < subjects.Length; turn++)
            {
                cancel.ThrowIfCancellationRequested();
                var subject = subjects[(round + turn) % subjects.Length];
                subject.Slices.Add(await subject.MeasureAsync(ViewsPath, options.Seconds));
                if (subject.Slices[^1].Sent.Answered == 0)
                {
                    throw new LoadException($"{subject.Door} answered nothing for {options.Seconds} s.");
                }
                Tell($"round {round + 1}: {subject.Name}", subject.Slices[^1]);
            }
        }
    }

    private static async Task<int> TellAsync(
        Report report,
        LoadOptions options,
        long counted,
        double ratio,
        double floor
    )
    {
        Console.WriteLine(report.Text(options, counted));
        if (report.OthersShare > QuietEnough)
        {
            await Console.Error.WriteLineAsync(
                $"Other programs used {report.OthersShare:P0} of this machine: measure again when it is quiet."
            );
        }
        if (!options.JudgesFloor)
        {
            return 0;
        }
        if (ratio >= floor)
        {
            return 0;
        }
        await Console.Error.WriteLineAsync($"{ratio:F2} is below the floor of {floor:F2}.");
        return 1;
    }

    /// <summary>
    /// The portal without telemetry, as it is shipped, and with traces that are sent: each a portal of its own.
    /// </summary>
    public static async Task<int> OfTelemetryAsync(LoadOptions options, CancellationToken cancel)
    {
        await using var receiver = await OtlpReceiver.StartAsync();
        await using var without = await StartAsync(new Dictionary<string, string> { ["OTEL_SDK_DISABLED"] = "true" });
        await using var shipped = await StartAsync(new Dictionary<string, string>());
        await using var traced = await StartAsync(
            new Dictionary<string, string>
            {
                ["OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"] = new Uri(receiver.Address, "/v1/traces").AbsoluteUri,
                ["OTEL_EXPORTER_OTLP_TRACES_PROTOCOL"] = "http/protobuf",
            }
        );
        (string Name, ServicesShape Portal)[] portals =
        [
            ("without telemetry", without),
            ("as shipped: metrics", shipped),
            ("and traces, 1 in 1000", traced),
        ];
        Subject[] subjects =
        [
            .. portals.Select(each => new Subject(
                each.Name,
                each.Portal.PublicDoor.Door,
                Parts(each.Portal),
                () => Task.CompletedTask
            )),
        ];
        await MeasureAsync(subjects, options, cancel);
        var counted = 0L;
        for (var i = 0; i < subjects.Length; i++)
        {
            counted += await CountedAsync(portals[i].Portal.PublicDoor, [subjects[i]], cancel);
        }
        var report = new Report(subjects[0], subjects[1..], measuresMemory: true);
        var spans = receiver.Spans.Count;
        await Console.Error.WriteLineAsync($"Spans received: {spans}.");
        return await TellAsync(report, options, counted, report.Ratio(subjects[1]).Median, TelemetryFloor);
    }

    private static Task<ServicesShape> StartAsync(Dictionary<string, string> telemetry) =>
        ServicesShape.StartNewAsync(Settings with { Telemetry = telemetry });

    private static Dictionary<Part, int> Parts(ServicesShape portal) =>
        new()
        {
            [Part.Front] = portal.GatewayProcessId,
            [Part.Back] = portal.Replicas[0].ProcessId,
            [Part.Store] = portal.Redis.Id,
        };

    /// <summary>
    /// The site's total, once it moves no more: what was cut off at the end of a slice may still be under way.
    /// </summary>
    private static async Task<long> CountedAsync(
        PortalClient door,
        IEnumerable<Subject> subjects,
        CancellationToken cancel
    )
    {
        var made = subjects.Sum(subject => subject.Totals.Made);
        var answered = subjects.Sum(subject => subject.Totals.Answered);
        var settled = TimeSpan.FromSeconds(3);
        var counted = -1L;
        while (await TotalAsync(door, cancel) is var total && total != counted)
        {
            counted = total;
            await Task.Delay(settled, TimeProvider.System, cancel);
        }

        return answered <= counted && counted <= made
            ? counted
            : throw new LoadException(
                $"{answered} views were answered, {counted} are counted, {made} were sent: a view was lost or counted twice."
            );
    }

    private static async Task<long> TotalAsync(PortalClient door, CancellationToken cancel)
    {
        var reply = await door.StatsAsync(Site, cancel);
        return reply is { Status: HttpStatusCode.OK, Stats: { Stale: false } stats }
            ? stats.Views.Total
            : throw new LoadException($"The site's box: {reply}");
    }

    private static void Tell(string what, Slice slice) => Console.Error.WriteLine($"{what}: {slice.PerSecond:F0}/s");
}
