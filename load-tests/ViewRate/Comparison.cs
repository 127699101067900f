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

    /// <summary>
    /// The most of the processor time without telemetry that is accepted, as it is shipped. The rate itself says less:
    /// half of its spread is how fast the store's disk was.
    /// </summary>
    public const double MaxTelemetryCost = 1.03;

    // What others take is not taken from every subject alike.
    private const double QuietEnough = 0.1;

    private const int MaxWarmUps = 10;

    private const string Site = "load";

    private static readonly WrkLoad Load = new($"/api/sites/{Site}/views?return=minimal");

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
            )
            {
                Load = Load,
            };
        Subject[] subjects =
        [
            new("bare YARP", control.Door, control.Processes, () => Task.CompletedTask) { Load = Load },
            Views("everysec"),
            Views("always"),
        ];

        await MeasureAsync(subjects, options, cancel);

        var counted = await CountedAsync(portal.PublicDoor, subjects[1..], cancel);
        var report = new Report(subjects[0], subjects[1..]);
        var ratio = report.Ratio(subjects[1]).Median;
        return await TellAsync(
            report,
            options,
            counted,
            ratio >= Floor ? null : $"{ratio:F2} is below the floor of {Floor:F2}."
        );
    }

    /// <summary>Measures the subjects in turn.</summary>
    public static async Task MeasureAsync(Subject[] subjects, LoadOptions options, CancellationToken cancel)
    {
        foreach (var subject in subjects)
        {
            // What was just started on a busy machine may not answer within a second.
            for (var tries = 1; ; tries++)
            {
                cancel.ThrowIfCancellationRequested();
                var slice = await subject.MeasureAsync(options.WarmUp);
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
                subject.Slices.Add(await subject.MeasureAsync(options.Seconds));
                if (subject.Slices[^1].Sent.Answered == 0)
                {
                    throw new LoadException($"{subject.Door} answered nothing for {options.Seconds} s.");
                }
                Tell($"round {round + 1}: {subject.Name}", subject.Slices[^1]);
            }
        }
    }

    private static async Task<int> TellAsync(Report report, LoadOptions options, long counted, string? failure)
    {
        Console.WriteLine(report.Text(options, counted));
        if (report.OthersShare > QuietEnough)
        {
            await Console.Error.WriteLineAsync(
                $"Other programs used {report.OthersShare:P0} of this machine: measure again when it is quiet."
            );
        }
        if (failure is null || !options.JudgesFloor)
        {
            return 0;
        }
        await Console.Error.WriteLineAsync(failure);
        return 1;
    }

    /// <summary>
    /// The portal without telemetry, as it is shipped, and with traces that are sent: each a portal of its own, started
    /// several times. The first of them stands there twice: by how much the two differ, the others may differ for
    /// nothing.
    /// </summary>
    public static async Task<int> OfTelemetryAsync(LoadOptions options, CancellationToken cancel)
    {
        await using var receiver = await OtlpReceiver.StartAsync();
        var off = new Dictionary<string, string> { ["OTEL_SDK_DISABLED"] = "true" };
        (string Name, Dictionary<string, string> Telemetry)[] variants =
        [
            ("without telemetry", off),
            ("the same again", off),
            ("as shipped: metrics", []),
            (
                "and traces, 1 in 1000",
                new Dictionary<string, string>
                {
                    ["OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"] = new Uri(receiver.Address, "/v1/traces").AbsoluteUri,
                    ["OTEL_EXPORTER_OTLP_TRACES_PROTOCOL"] = "http/protobuf",
                }
            ),
        ];
        Subject[] subjects = [];
        var counted = 0L;
        for (var start = 0; start < options.Starts; start++)
        {
            var portals = new ServicesShape[variants.Length];
            try
            {
                // Which is started first changes, too.
                for (var turn = 0; turn < variants.Length; turn++)
                {
                    var i = (start + turn) % variants.Length;
                    portals[i] = await ServicesShape.StartNewAsync(Settings with { Telemetry = variants[i].Telemetry });
                }
                var earlier = subjects;
                subjects =
                [
                    .. portals.Select(
                        (portal, i) =>
                            new Subject(
                                variants[i].Name,
                                portal.PublicDoor.Door,
                                Parts(portal),
                                () => Task.CompletedTask
                            )
                            {
                                Load = Load,
                            }
                    ),
                ];
                await MeasureAsync(subjects, options, cancel);
                for (var i = 0; i < subjects.Length; i++)
                {
                    counted += await CountedAsync(portals[i].PublicDoor, [subjects[i]], cancel);
                    subjects[i].NoteMemory();
                }
                foreach (var (subject, before) in subjects.Zip(earlier))
                {
                    subject.Continue(before);
                }
            }
            finally
            {
                foreach (var portal in portals.Where(portal => portal is not null))
                {
                    await portal.DisposeAsync();
                }
            }
        }

        await Console.Error.WriteLineAsync($"Spans received: {receiver.Spans.Count}.");
        var report = new Report(subjects[0], subjects[1..], again: subjects[1]);
        var cost = report.CostRatio(subjects[2]);
        return await TellAsync(
            report,
            options,
            counted,
            cost <= MaxTelemetryCost ? null : $"{cost:F3} is above {MaxTelemetryCost}."
        );
    }

    /// <summary>The processes of a portal.</summary>
    public static Dictionary<Part, IReadOnlyList<int>> Parts(ServicesShape portal) =>
        new()
        {
            [Part.Front] = [portal.GatewayProcessId],
            [Part.Back] = [.. portal.Replicas.Select(replica => replica.ProcessId)],
            [Part.Store] = [portal.Redis.Id],
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
