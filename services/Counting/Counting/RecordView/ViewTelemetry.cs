using System.Diagnostics.Metrics;
using PortalServices.Counting.Http;
using PortalServices.Counting.Model;
using PortalServices.Counting.Store;
using PortalServices.ServiceDefaults.Telemetry;

namespace PortalServices.Counting.RecordView;

/// <summary>Counts what becomes of views.</summary>
internal static class ViewTelemetry
{
    private static readonly Meter Meter = CountingTelemetry.Meter;

    private static readonly MetricLabel OfOutcome = MetricLabel.Of<ViewFate>("outcome"),
        OfCode = MetricLabel
            .OfProblems(
                "code",
                CommonProblems.BodyTooLarge,
                CommonProblems.ForeignOrigin,
                CommonProblems.InvalidJson,
                CommonProblems.UnsupportedMediaType,
                CountingProblems.InvalidAge,
                CountingProblems.InvalidPage,
                CountingProblems.InvalidReferrer,
                CountingProblems.InvalidViewId
            )
            .OnlyBeside(OfOutcome.With(ViewFate.Refused));

    // By the number of the fate: a view costs no look into a table of names.
    private static readonly KeyValuePair<string, object?>[] Outcomes =
    [
        .. Enum.GetValues<ViewFate>().Select(OfOutcome.With),
    ];

    private static readonly Counter<long> Views = Meter.CreateCounter<long>(
        Meter.Named("portal.counting.views", OfOutcome, OfCode),
        "{view}",
        "Views answered, by outcome; of refused ones also by problem code."
    );

    public static void Count(ViewFate fate, ProblemCode? problem)
    {
        if (problem is null)
        {
            Views.Add(1, Outcomes[(int)fate]);
        }
        else
        {
            Views.Add(1, Outcomes[(int)fate], OfCode.With(problem.Code));
        }
    }
}
