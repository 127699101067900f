using System.Reflection;
using PortalServices.Content;
using PortalServices.Counting;
using PortalServices.Feedback;

namespace PortalServices.Architecture.Tests;

/// <summary>
/// Every arrow between the folders of a service falls: what several capabilities need lies below them. See
/// docs/architecture.md.
/// </summary>
public sealed class FloorTests
{
    // The highest first. A folder uses only what lies on a lower floor.
    private static readonly string[][] FloorsOfCounting =
    [
        [""],
        ["Seed"],
        ["Baselines", "CompareViews", "RankPages", "RecordView"],
        ["CorrectCount", "ReportStoreLoss", "RequestPages"],
        [
            "AcceptSecret",
            "AnnounceViews",
            "Bots",
            "CheckStore",
            "ConsumeArticles",
            "DeadLetters",
            "Housekeeping",
            "ReadStats",
            "ReadTraffic",
            "SumUp",
        ],
        ["Http"],
        ["Ledger"],
        ["Model", "Store"],
    ];

    private static readonly Assembly Content = typeof(ContentSetup).Assembly,
        Counting = typeof(CountingSetup).Assembly,
        Feedback = typeof(FeedbackSetup).Assembly;

    [Fact]
    public void In_counting_every_arrow_between_folders_falls() =>
        Assert.Empty(
            Arrows(Counting, "services/Counting/Counting")
                .Where(arrow => FloorOf(arrow.ToFolder) <= FloorOf(arrow.FromFolder))
                .Select(arrow => arrow.ToString())
        );

    [Fact]
    public void No_folders_of_counting_lie_in_a_circle() =>
        Assert.Empty(CompiledFolders.Circles(Arrows(Counting, "services/Counting/Counting")));

    [Fact]
    public void No_folders_of_content_lie_in_a_circle() => AssertNoCircle(Content, "services/Content/Content");

    [Fact]
    public void No_folders_of_feedback_lie_in_a_circle() => AssertNoCircle(Feedback, "services/Feedback/Feedback");

    /// <summary>
    /// The database context names the entities of all folders, and the folder above all has what all need: both are left
    /// out.
    /// </summary>
    private static void AssertNoCircle(Assembly assembly, string project)
    {
        var arrows = Arrows(assembly, project)
            .Where(arrow => arrow is { FromFolder: not ("" or "Storage"), ToFolder: not ("" or "Storage") })
            .ToList();
        Assert.Empty(CompiledFolders.Circles(arrows).Select(arrow => arrow.ToString()));
    }

    private static int FloorOf(string folder) =>
        Array.FindIndex(FloorsOfCounting, floor => floor.Contains(folder)) is >= 0 and var floor
            ? floor
            : throw new InvalidOperationException($"{folder}/ has no floor.");

    private static IReadOnlyList<Arrow> Arrows(Assembly assembly, string project)
    {
        var arrows = CompiledFolders.Read(assembly, project);
        // Else the debug information was not read.
        Assert.True(arrows.Count > 50, project);
        return arrows;
    }
}
