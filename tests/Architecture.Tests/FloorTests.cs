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

    /// <summary>
    /// The database context names the entities of all folders, and the folder above all has what all need: both are left
    /// out. The arrows that rise are counted, so that none is added.
    /// </summary>
    [Fact]
    public void In_content_no_arrow_closes_a_circle() => AssertRise(Content, "services/Content/Content");

    /// <inheritdoc cref="In_content_no_arrow_closes_a_circle"/>
    [Fact]
    public void In_feedback_only_these_arrows_close_a_circle() =>
        AssertRise(
            Feedback,
            "services/Feedback/Feedback",
            "Answer/ -> Mail/",
            "Personal/ -> Answer/",
            "Personal/ -> Mail/",
            "Submit/ -> Answer/",
            "Submit/ -> Mail/"
        );

    /// <summary>Without the arrows that are known to rise there is no circle, and each of them closes one.</summary>
    private static void AssertRise(Assembly assembly, string project, params string[] rising)
    {
        var arrows = Arrows(assembly, project)
            .Where(arrow => arrow is { FromFolder: not ("" or "Storage"), ToFolder: not ("" or "Storage") })
            .ToList();
        var falling = arrows.Where(arrow => !rising.Contains(Pair(arrow))).ToList();
        Assert.Empty(CompiledFolders.Circles(falling).Select(arrow => arrow.ToString()));
        Assert.All(
            rising,
            pair =>
                Assert.Contains(
                    CompiledFolders.Circles([.. falling, .. arrows.Where(arrow => Pair(arrow) == pair)]),
                    arrow => Pair(arrow) == pair
                )
        );

        static string Pair(Arrow arrow) => $"{arrow.FromFolder}/ -> {arrow.ToFolder}/";
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
