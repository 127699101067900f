using System.Net;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using PortalServices.Database;

namespace PortalServices.Feedback.Tests.Answer;

/// <summary>
/// A part of a list is read from where it begins, by an index that is in the list's order, and counted in an index
/// alone: no row is looked at that is not shown, and nothing is put in order but the ends of a few ranges.
/// </summary>
public sealed class ListPlanTests(FeedbackApps apps) : IClassFixture<FeedbackApps>
{
    private const int Size = 20,
        Ranges = 12;

    private static readonly DateTimeOffset Monday = new(2026, 6, 8, 2, 0, 0, TimeSpan.Zero);

    private static readonly string[] Filters =
    [
        "",
        "status=received",
        "status=answered",
        "status=published",
        "status=received,inProgress",
        "status=received,answered,spam",
        "overdue=true",
        "overdue=false",
        "overdue=true&status=received,answered",
        "overdue=false&status=received,declined",
        $"assignedTo={Uri.EscapeDataString(FeedbackApp.Officer)}",
        "assignedTo=khong-ai",
        $"assignedTo={Uri.EscapeDataString(FeedbackApp.Officer)}&status=received,inProgress",
        $"assignedTo={Uri.EscapeDataString(FeedbackApp.Officer)}&overdue=true",
        "category=hoc-phi",
        "category=khong-co",
        "category=hoc-phi&status=received,inProgress",
        "category=hoc-phi&overdue=true",
    ];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory, EveryDatabase(Differs = true)]
    public async Task No_list_reads_or_sorts_more_than_it_shows(DatabaseKind kind)
    {
        await using var app = await apps.StartAsync(kind);
        var site = app.NewSite();
        await ManyEntries.FillAsync(app, site, 20_000, Monday);
        foreach (var sort in new[] { "dueBy", "newest" })
        {
            foreach (var filter in Filters)
            {
                await LooksAtLittleAsync(path => app.ReadAsync(site, path), $"feedback?sort={sort}&{filter}", site);
            }
        }

        await LooksAtLittleAsync(path => app.ReadAsync(site, path), "feedback/audit?", site);
        await LooksAtLittleAsync(path => app.GetAsync(site, path), "feedback?", site);
        await LooksAtLittleAsync(path => app.GetAsync(site, path), "feedback?category=hoc-phi&", site);
        var id = (await app.ReadAsync(site, "feedback?pageSize=1")).Items.Single().GetProperty("id").GetGuid();
        await LooksAtLittleAsync(path => app.ReadAsync(site, path), $"feedback/{id}/steps?", id);

        async Task LooksAtLittleAsync(Func<string, Task<AppReply>> read, string path, object named)
        {
            using var log = await CommandLog.OfAsync<FeedbackContext>(app.Services, named);
            var first = (await read(path)).Is(HttpStatusCode.OK);
            if (first.Json.TryGetProperty("next", out var next))
            {
                (await read($"{path}&after={next.GetString()}")).Is(HttpStatusCode.OK);
            }
            // The page, how many there are; then the next one, where nothing is counted.
            var lists = log
                .Commands.Where(command =>
                    command.Text.Contains("ORDER BY", StringComparison.Ordinal)
                    || command.Text.Contains("COUNT(", StringComparison.OrdinalIgnoreCase)
                )
                .ToList();
            Assert.Equal(next.ValueKind == JsonValueKind.String ? 3 : 2, lists.Count);
            foreach (var list in lists)
            {
                await app.WithDatabaseAsync(async database => await IsBoundedAsync(database, list, path));
            }
        }
    }

    private static async Task<int> IsBoundedAsync(FeedbackContext database, SentCommand command, string path)
    {
        var plan = await command.PlanAsync(database, Cancel, hasFewRows: false);
        var about = $"{path}\n{command.Text}\n{plan}";
        if (database.Database.IsNpgsql())
        {
            foreach (var node in NodesOf(await command.TreeAsync(database, Cancel)))
            {
                var type = node.GetProperty("Node Type").GetString()!;
                Assert.True(type is not ("Seq Scan" or "Bitmap Heap Scan" or "Index Scan"), about);
                Assert.True(
                    type is not ("Sort" or "Incremental Sort")
                        || node.GetProperty("Plan Rows").GetDouble() <= Ranges * (Size + 1),
                    about
                );
            }

            return 0;
        }

        var lines = plan.Split('\n');
        var ranges = lines
            .Where(line => line.StartsWith("CO-ROUTINE ", StringComparison.Ordinal))
            .Select(line => "SCAN " + line["CO-ROUTINE ".Length..])
            .ToHashSet();
        for (var i = 0; i < lines.Length; i++)
        {
            if (lines[i].StartsWith("SCAN ", StringComparison.Ordinal))
            {
                Assert.True(ranges.Contains(lines[i]), about);
            }
            if (lines[i].StartsWith("SEARCH ", StringComparison.Ordinal))
            {
                Assert.True(lines[i].Contains("COVERING INDEX", StringComparison.Ordinal), about);
            }
            // Of a range, which ends with its limit.
            if (lines[i].Contains("TEMP B-TREE", StringComparison.Ordinal))
            {
                Assert.True(
                    ranges.Contains(lines[i - 1]) && command.Text.Contains("UNION ALL", StringComparison.Ordinal),
                    about
                );
            }
        }

        return 0;
    }

    internal static IEnumerable<JsonElement> NodesOf(JsonElement node) =>
        node.TryGetProperty("Plans", out var plans) ? plans.EnumerateArray().SelectMany(NodesOf).Prepend(node) : [node];
}
