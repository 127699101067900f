using PortalServices.LoadTests.History;

namespace PortalServices.LoadTests.Scenarios;

/// <summary>The scenarios by name.</summary>
internal static class ScenarioList
{
    /// <summary>Their names, each with what it sends.</summary>
    public static readonly IReadOnlyDictionary<string, string> Names = new Dictionary<string, string>
    {
        ["views"] = "views alone: many sites, pages by Zipf's law, returning visitors, repeats",
        ["box"] = "reads of the visitor box, with and without a page",
        ["mixed"] = "a portal's traffic: views, the box, pages, rankings, articles",
        ["feedback"] = "feedback with a captcha; the target must use a verifier that takes the test's token",
        ["content"] = "lists, articles, searches, videos, feeds",
        ["soak"] = "as mixed, for long: the report compares the last quarter with the first",
    };

    /// <summary>Makes a scenario.</summary>
    /// <param name="name">One of <see cref="Names"/>.</param>
    /// <param name="plan">Its views.</param>
    /// <param name="readSites">The sites whose articles are read.</param>
    /// <param name="time">The clock of the run.</param>
    public static Scenario Make(string name, ViewPlan plan, IReadOnlyList<string> readSites, TimeProvider time)
    {
        var views = new ViewCalls(plan, time);
        var box = Fixed(
            "box",
            plan.Sites.SelectMany(site =>
                Enumerable
                    .Range(0, Math.Min(plan.SharedPages, 100))
                    .Select(page => $"/api/sites/{site}/stats?page={ViewId.SharedPath(plan.Run, page)}")
                    .Prepend($"/api/sites/{site}/stats")
            )
        );
        var pages = Fixed(
            "pages",
            plan.Sites.Select(site =>
                $"/api/sites/{site}/pages?"
                + string.Join(
                    '&',
                    Enumerable
                        .Range(0, Math.Min(plan.SharedPages, 20))
                        .Select(page => $"path={ViewId.SharedPath(plan.Run, page)}")
                )
            )
        );
        var top = Fixed("top", plan.Sites.Select(site => $"/api/sites/{site}/pages/top?period=today&limit=10"));
        var lists = Fixed("articles", readSites.Select(site => $"/api/sites/{site}/articles?pageSize=10"));
        return new Scenario(
            name,
            name switch
            {
                "views" => [(100, views)],
                "box" => [(80, box), (15, pages), (5, top)],
                "mixed" or "soak" => [(60, views), (25, box), (5, pages), (2, top), (8, lists)],
                "feedback" => [(100, new FeedbackPosts(plan.Run, plan.Sites))],
                "content" =>
                [
                    (40, lists),
                    (
                        40,
                        new Reads(
                            "article",
                            async (api, cancel) =>
                            {
                                List<string> found = [];
                                foreach (var site in readSites)
                                {
                                    found.AddRange(await api.ArticlesAsync(site, cancel));
                                }
                                return found;
                            }
                        )
                    ),
                    (8, Fixed("search", readSites.Select(site => $"/api/sites/{site}/articles?q=tuyen+sinh"))),
                    (
                        12,
                        Fixed(
                            "lists",
                            readSites.SelectMany(
                                site => (string[])["categories", "videos", "lookups", "feed.atom", "sitemap.xml"],
                                (site, list) => $"/api/sites/{site}/{list}"
                            )
                        )
                    ),
                ],
                _ => throw new ToolException(
                    ErrorCode.InvalidOption,
                    $"'{name}' is no scenario: {string.Join(", ", Names.Keys)}."
                ),
            }
        );
    }

    private static Reads Fixed(string name, IEnumerable<string> paths)
    {
        List<string> all = [.. paths];
        return new Reads(name, (_, _) => Task.FromResult<IReadOnlyList<string>>(all));
    }
}
