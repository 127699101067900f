using System.Globalization;
using System.Text.Json;

namespace PortalServices.Testing.Shapes;

/// <summary>A site as it stands in the site file.</summary>
public sealed record SiteEntry(string Id)
{
    /// <summary>An origin that the sites of the tests list.</summary>
    public const string OwnOrigin = "https://portal.example";

    /// <summary>The name shown.</summary>
    public string Name { get; init; } = Id;

    /// <summary>Origins that are not foreign.</summary>
    public IReadOnlyList<string> Origins { get; init; } = [OwnOrigin];

    /// <summary>
    /// An IANA zone; by default one where it is about noon, so that no test meets a midnight unless it wants to.
    /// </summary>
    public string Zone { get; init; } = ZoneAtNoon();

    /// <summary>The day on which a week begins.</summary>
    public string FirstDayOfWeek { get; init; } = "monday";

    /// <summary>How long a visitor counts as online.</summary>
    public int OnlineWindowMinutes { get; init; } = 15;

    /// <summary>Parameters that belong to a page.</summary>
    public IReadOnlyList<string> KeptQueryParameters { get; init; } = ["ItemID"];

    /// <summary>The language of texts.</summary>
    public string Language { get; init; } = "vi";

    /// <summary>What Sec-GPC and DNT do.</summary>
    public string Privacy { get; init; } = "viewsOnly";

    /// <summary>Where a sender of feedback is led.</summary>
    public string? ReceiptPage { get; init; }

    /// <summary>The headings of feedback.</summary>
    public IReadOnlyList<object> FeedbackCategories { get; init; } =
    [
        new
        {
            id = "hoc-phi",
            name = "Học phí",
            nameEn = "Fees",
        },
        new { id = "khac", name = "Khác" },
    ];

    /// <summary>Whether the portal shows its statistics.</summary>
    public bool PublicStatistics { get; init; }

    /// <summary>Whether the site is there for load tests.</summary>
    public bool LoadTest { get; init; }

    /// <summary>Baselines loaded at the first start, as they stand in the seeds.</summary>
    internal IReadOnlyList<object> Baselines { get; init; } = [];

    /// <summary>The same site with a baseline of its own.</summary>
    public SiteEntry WithBaseline(long total, long week, long today, string? page = null) =>
        this with
        {
            Baselines =
            [
                .. Baselines,
                new
                {
                    id = $"{Id}-{Baselines.Count + 1}",
                    page,
                    total,
                    week,
                    today,
                    reason = "carried over",
                },
            ],
        };

    /// <summary>The signs of these names are those of POSIX: <c>Etc/GMT-7</c> is seven hours ahead.</summary>
    private static string ZoneAtNoon()
    {
        var ahead = 12 - TimeProvider.System.GetUtcNow().Hour;
        return ahead == 0 ? "Etc/UTC" : string.Create(CultureInfo.InvariantCulture, $"Etc/GMT{-ahead:+0;-0}");
    }

    /// <summary>
    /// Writes a seeds folder: the site file, and a folder with baselines for each site that has some.
    /// </summary>
    public static void WriteSeeds(string folder, IReadOnlyList<SiteEntry> sites)
    {
        Directory.CreateDirectory(folder);
        File.WriteAllText(
            Path.Combine(folder, "sites.json"),
            JsonSerializer.Serialize(new { sites }, JsonSerializerOptions.Web)
        );
        foreach (var site in sites.Where(site => site.Baselines.Count > 0))
        {
            var own = Directory.CreateDirectory(Path.Combine(folder, site.Id));
            File.WriteAllText(
                Path.Combine(own.FullName, "baselines.json"),
                JsonSerializer.Serialize(new { baselines = site.Baselines }, JsonSerializerOptions.Web)
            );
        }
    }
}
