using System.Globalization;
using System.Net;
using System.Text;
using CsvHelper;
using CsvHelper.Configuration;
using PortalServices.Database;
using PortalServices.Feedback.Export;

namespace PortalServices.Feedback.Tests.Export;

/// <summary>The list as a table for spreadsheets.</summary>
[Usually(DatabaseKind.PostgreSql)]
public sealed class ExportTests(FeedbackApps apps) : IClassFixture<FeedbackApps>
{
    private static readonly DateTimeOffset Monday = new(2026, 6, 8, 2, 0, 0, TimeSpan.Zero);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("=cmd()", "'=cmd()")]
    [InlineData("+1", "'+1")]
    [InlineData("-1", "'-1")]
    [InlineData("@x", "'@x")]
    [InlineData("\tx", "'\tx")]
    [InlineData("\rx", "'\rx")]
    [InlineData("\n=x", "'\n=x")]
    [InlineData("  =cmd()", "'  =cmd()")]
    [InlineData("＝cmd()", "'＝cmd()")]
    [InlineData("＋1", "'＋1")]
    [InlineData("－1", "'－1")]
    [InlineData("＠x", "'＠x")]
    [InlineData("﹦x", "'﹦x")]
    [InlineData("−1", "'−1")]
    [InlineData("\u00AD=x", "'\u00AD=x")]
    [InlineData("\u2800 \u200D\uFE0E+1", "'\u2800 \u200D\uFE0E+1")]
    [InlineData("a=b", "a=b")]
    [InlineData("1-2", "1-2")]
    [InlineData("'=x", "'=x")]
    [InlineData("", "")]
    [InlineData("   ", "   ")]
    public void No_cell_begins_as_a_formula(string cell, string written) =>
        Assert.Equal(written, CsvTable.Harmless(cell));

    [Fact]
    public async Task Every_cell_is_read_back_as_it_was_with_quotes_lines_and_commas()
    {
        var bytes = new MemoryStream();
        string[] cells = ["a,b", "c \"d\"", "\"", "e\nf", "g\r\nh", " i ", "Học phí", "", "j;k"];
        await using (var table = new CsvTable(bytes))
        {
            await table.WriteRowAsync(cells);
            await table.WriteRowAsync("=1+1\",\"x", "+2\n3");
        }

        Assert.Equal([0xEF, 0xBB, 0xBF], bytes.ToArray()[..3]);
        // A spreadsheet that parts cells by semicolons or tabs parts none of them either.
        Assert.StartsWith(
            "\uFEFF\"a,b\",\"c \"\"d\"\"\",",
            Encoding.UTF8.GetString(bytes.ToArray()),
            StringComparison.Ordinal
        );
        Assert.Contains(",\"j;k\"", Encoding.UTF8.GetString(bytes.ToArray()), StringComparison.Ordinal);
        var rows = Read(bytes.ToArray());
        Assert.Equal(cells, rows[0]);
        Assert.Equal(["'=1+1\",\"x", "'+2\n3"], rows[1]);
        Assert.EndsWith("\r\n", Encoding.UTF8.GetString(bytes.ToArray()), StringComparison.Ordinal);
    }

    [Theory, EveryDatabase]
    public async Task What_visitors_and_operators_wrote_is_text_and_times_are_the_sites(DatabaseKind kind)
    {
        var clock = new SetClock(Monday);
        await using var app = await apps.StartAsync(kind, clock);
        var site = app.NewSite();
        var feedback = await app.SendFeedbackAsync(
            site,
            "@Nguyễn \"An\"",
            "=HYPERLINK(\"https://evil.example\",\"x\")",
            "-1\ndòng hai, \"ba\"",
            "an@example.vn",
            "+84 912 345 678"
        );
        await app.StepAsync(feedback, "assign", new { to = "=Bình" });
        await app.StepAsync(feedback, "category", new { category = "hoc-phi" });
        clock.Now += TimeSpan.FromHours(16);
        await app.StepAsync(feedback, "answer", new { text = "+A" });

        var export = (await app.ReadAsync(site, "feedback/export.csv")).Is(HttpStatusCode.OK);
        Assert.Equal("text/csv; charset=utf-8", export.Header("Content-Type"));
        Assert.Equal($"attachment; filename=\"feedback-{site}-2026-06-09.csv\"", export.Header("Content-Disposition"));
        Assert.Equal([0xEF, 0xBB, 0xBF], export.Bytes[..3]);
        var rows = Read(export.Bytes);
        Assert.Equal(2, rows.Count);
        Assert.Equal(
            [
                ("receipt", feedback.Receipt),
                ("status", "answered"),
                ("receivedAt", "2026-06-08 09:00:00"),
                ("dueBy", "2026-06-29"),
                ("overdue", "false"),
                ("assignedTo", "'=Bình"),
                ("fullName", "'@Nguyễn \"An\""),
                ("email", "an@example.vn"),
                ("phone", "'+84 912 345 678"),
                ("page", ""),
                ("title", "'=HYPERLINK(\"https://evil.example\",\"x\")"),
                ("content", "'-1\ndòng hai, \"ba\""),
                ("answer", "'+A"),
                ("answeredAt", "2026-06-09 01:00:00"),
                ("declineReason", ""),
                ("publishedAt", ""),
                ("erasedAt", ""),
                ("category", "hoc-phi"),
            ],
            rows[0].Zip(rows[1])
        );
    }

    [Theory, EveryDatabase]
    public async Task It_has_all_that_the_list_has_for_the_same_question_in_the_same_order(DatabaseKind kind)
    {
        var clock = new SetClock(Monday);
        await using var app = await apps.StartAsync(kind, clock);
        var site = app.NewSite();
        const int Many = 3_000;
        await app.WithDatabaseAsync(database =>
        {
            database.AddRange(Enumerable.Range(0, Many).Select(n => StoredFeedback.Of(site, n, Monday)));
            database.Add(StoredFeedback.Of(app.NewSite(), 0, Monday));
            return database.SaveChangesAsync(Cancel);
        });

        var all = await ExportAsync("?sort=newest");
        Assert.Equal(Enumerable.Range(0, Many).Reverse().Select(n => $"Số {n}"), all.Skip(1).Select(row => row[10]));
        // A page of the list says nothing to the export.
        var some = await ExportAsync("?q=so%2017&pageSize=1");
        Assert.Equal(["Số 17"], some.Skip(1).Select(row => row[10]));
        Assert.Single(await ExportAsync("?status=spam"));
        (await app.ReadAsync(site, "feedback/export.csv?status=open")).IsProblem(400, "invalid_status");

        // The newest first; what was refused exported nothing.
        var exports = (await app.ReadAsync(site, "feedback/audit")).Items;
        Assert.Equal(
            [("status=spam", FeedbackApp.Officer), ("q", FeedbackApp.Officer), ("sort=newest", FeedbackApp.Officer)],
            exports.Select(step => (step.GetProperty("text").GetString(), step.GetProperty("by").GetString()))
        );
        Assert.All(exports, step => Assert.Equal("exported", step.GetProperty("step").GetString()));

        async Task<List<string[]>> ExportAsync(string query)
        {
            clock.Now += TimeSpan.FromSeconds(1);
            return Read((await app.ReadAsync(site, "feedback/export.csv" + query)).Is(HttpStatusCode.OK).Bytes);
        }
    }

    private static List<string[]> Read(byte[] csv)
    {
        using var reader = new StreamReader(new MemoryStream(csv), new UTF8Encoding(false, true));
        using var parser = new CsvParser(
            reader,
            new CsvConfiguration(CultureInfo.InvariantCulture) { HasHeaderRecord = false }
        );
        var rows = new List<string[]>();
        while (parser.Read())
        {
            rows.Add(parser.Record!);
        }
        return rows;
    }
}
