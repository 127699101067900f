using Microsoft.EntityFrameworkCore;
using PortalServices.Content.Storage;
using PortalServices.Content.Tests.Lookups;
using PortalServices.Database;

namespace PortalServices.Content.Tests.Search;

/// <summary>
/// A search goes from the index of words to what was found, and asks that index once, however much there is.
/// </summary>
public sealed class SearchPlanTests(ContentApps apps) : IClassFixture<ContentApps>
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static TheoryData<DatabaseKind, string, string> Searches
    {
        get
        {
            var data = new TheoryData<DatabaseKind, string, string>();
            foreach (var database in Enum.GetValues<DatabaseKind>())
            {
                foreach (
                    var query in new[]
                    {
                        "q=bai",
                        "q=bai&sort=newest",
                        "q=bai&sort=mostViewed",
                        "q=bai&category=tin",
                        "q=bai%20hai%2018.481.240&page=2&pageSize=1",
                    }
                )
                {
                    data.Add(database, "articles?" + query, "Articles");
                }
                data.Add(database, "lookups/bang?q=mot", "LookupRows");
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Searches))]
    public async Task It_goes_from_the_words_to_what_they_are_of(DatabaseKind database, string path, string table)
    {
        var app = await apps.OnAsync(database);
        var site = app.NewSite();
        if (database is DatabaseKind.PostgreSql)
        {
            await FillAsync(app, site);
        }
        (await app.EditAsync(HttpMethod.Put, site, "categories/tin", new { name = "Tin" })).Is(
            System.Net.HttpStatusCode.Created
        );
        for (var i = 0; i < 3; i++)
        {
            await app.WriteAndPublishAsync(site, $"Bài hai {i}", "18.481.240", more: new { category = "tin" });
        }
        await LookupTests.PutAsync(
            app,
            site,
            "bang",
            new
            {
                title = "Bảng",
                columns = LookupTests.Columns,
                rows = new[] { new[] { "1", "một" }, ["2", "một"] },
            }
        );
        using var log = await CommandLog.OfAsync<ContentContext>(app.Services, site);

        (await app.GetAsync(site, path)).Is(System.Net.HttpStatusCode.OK);

        var searches = log
            .Commands.Where(command =>
                command.Text.Contains("MATCH", StringComparison.Ordinal)
                || command.Text.Contains("tsquery", StringComparison.Ordinal)
            )
            .ToList();
        // One for the page, one for how many there are.
        Assert.Equal(2, searches.Count);
        foreach (var search in searches)
        {
            var plan = await app.WithDatabaseAsync(context => search.PlanAsync(context, Cancel, hasFewRows: false));
            if (database is DatabaseKind.PostgreSql)
            {
                // Of a category or a table with a few rows, it may as well look at the words of each.
                var isNarrow =
                    path.Contains("category", StringComparison.Ordinal)
                    || path.StartsWith("lookups", StringComparison.Ordinal);
                Assert.Matches(isNarrow ? "IX_SearchDocuments_(Tokens|Subject)" : "IX_SearchDocuments_Tokens", plan);
                continue;
            }

            var steps = plan.Split('\n')
                .Where(step =>
                    step.StartsWith("SCAN", StringComparison.Ordinal)
                    || step.StartsWith("SEARCH", StringComparison.Ordinal)
                )
                .ToList();
            Assert.True(steps.Count >= 3, plan);
            Assert.Matches("^SCAN .* VIRTUAL TABLE INDEX", steps[0]);
            Assert.Matches("^SEARCH .* USING INTEGER PRIMARY KEY", steps[1]);
            Assert.Matches($"^SEARCH .* USING (COVERING )?INDEX sqlite_autoindex_{table}_1", steps[2]);
            Assert.DoesNotContain("AUTOMATIC", plan, StringComparison.Ordinal);
            Assert.DoesNotContain("INNER JOIN", search.Text, StringComparison.Ordinal);
        }
    }

    // So many that PostgreSQL, which knows its rows, does not look at each of them.
    private static Task<int> FillAsync(ContentApp app, string site) =>
        app.WithDatabaseAsync(async context =>
        {
            await context.Database.ExecuteSqlAsync(
                $"""
                INSERT INTO "Articles" ("Id", "Site", "Slug", "Title", "Summary", "Author", "Format", "Body", "Html", "State", "PublishedAt", "CreatedAt", "ChangedAt", "ChangedBy", "Version", "ListedAt")
                SELECT gen_random_uuid(), {site}, 'khac-' || n, 'khac', '', '', 0, '', '', 2, n, n, n, '', 1, n FROM generate_series(1, 4000) AS n
                """,
                Cancel
            );
            await context.Database.ExecuteSqlAsync(
                $"""
                INSERT INTO "SearchDocuments" ("Site", "Scope", "Subject", "TitleExact", "TitleFolded", "TextExact", "TextFolded", "Plain", "TextVersion")
                SELECT {site}, 'articles', "Id", ' khac ', ' khac ', ' ', ' ', '', 1 FROM "Articles" WHERE "Site" = {site}
                """,
                Cancel
            );
            return await context.Database.ExecuteSqlRawAsync(
                """ANALYZE "Articles"; ANALYZE "SearchDocuments" """,
                Cancel
            );
        });
}
