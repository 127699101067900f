using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using PortalServices.Database;
using PortalServices.Feedback.Deadlines;
using PortalServices.ServiceDefaults.Hosting;
using PortalServices.Testing;

namespace PortalServices.Feedback.Tests.Deadlines;

/// <summary>The files of holidays: what is read, and that a mistake in one is told before the first visitor.</summary>
public sealed class HolidaysTests(FeedbackApps apps) : IClassFixture<FeedbackApps>, IDisposable
{
    private readonly TemporaryDirectory _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("2027.json", "{", "2027.json")]
    [InlineData("2027.json", "", "2027.json")]
    [InlineData("2027.json", "null", "2027.json")]
    [InlineData("2027.json", """{"source":"x","holidays":[{"day":"2027-02-30","name":"x"}]}""", "2027.json")]
    [InlineData("2027.json", """{"source":"x","holidays":[null]}""", "2027.json")]
    [InlineData("2027.json", """{"source":"x"}""", "holidays")]
    [InlineData(
        "2027.json",
        """{"source":"x","holidays":[{"day":"2026-12-31","name":"x"}]}""",
        "2026-12-31 is not in 2027"
    )]
    [InlineData(
        "2027.json",
        """{"source":"x","holidays":[],"workingWeekends":[{"day":"2028-01-01","name":"x"}]}""",
        "2028-01-01 is not in 2027"
    )]
    [InlineData(
        "2027.json",
        """{"source":"x","holidays":[],"workingWeekends":[{"day":"2027-01-04","name":"x"}]}""",
        "2027-01-04 is a working day anyway"
    )]
    [InlineData(
        "2027.json",
        """{"source":"x","holidays":[],"unconfirmed":[{"day":"2028-01-04","name":"x"}]}""",
        "2028-01-04 is not in 2027"
    )]
    [InlineData("2027.json", """{"source":"x","holidays":[],"unconfirmed":[null]}""", "a day is null")]
    [InlineData(
        "2027.json",
        """{"source":"x","holidays":[{"day":"2027-11-24","name":"x"}],"unconfirmed":[{"day":"2027-11-24","name":"x"}]}""",
        "2027-11-24 is a holiday and unconfirmed"
    )]
    [InlineData("holidays.json", """{"source":"x","holidays":[]}""", "such as 2027.json")]
    public void A_file_with_a_mistake_is_named_with_it(string name, string content, string told)
    {
        File.WriteAllText(_folder.File(name), content);
        var message = Assert.Throws<StartupException>(() => new Holidays(_folder.Path)).Message;
        Assert.Contains(name, message, StringComparison.Ordinal);
        Assert.Contains(told, message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', message);
    }

    [Fact]
    public async Task A_mistake_stops_the_start()
    {
        await File.WriteAllTextAsync(_folder.File("2027.json"), "{", TestContext.Current.CancellationToken);
        var stopped = await Assert.ThrowsAsync<StartupException>(() =>
            apps.StartAsync(DatabaseKind.Sqlite, settings: $"--Feedback:Holidays={_folder.Path}")
        );
        Assert.Contains("2027.json", stopped.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Other_files_are_read_where_the_settings_name_them()
    {
        await File.WriteAllTextAsync(
            _folder.File("2030.json"),
            """{"source":"x","holidays":[{"day":"2030-03-05","name":"x"}],"workingWeekends":[{"day":"2030-03-09","name":"x"}]}""",
            TestContext.Current.CancellationToken
        );
        await using var app = await apps.StartAsync(
            DatabaseKind.Sqlite,
            settings: $"--Feedback:Holidays={_folder.Path}"
        );
        var holidays = app.Services.GetRequiredService<Holidays>();
        Assert.Equal([2030], holidays.Years);
        // 5 March 2030 is a Tuesday, the 9th a Saturday.
        Assert.Equal(
            [(4, true), (5, false), (6, true), (9, true), (10, false)],
            new[] { 4, 5, 6, 9, 10 }.Select(day => (day, holidays.IsWorkingDay(new DateOnly(2030, 3, day))))
        );
    }

    /// <summary>
    /// 24 November may become a day off: until the file names it as one it is worked, and the log says so once.
    /// </summary>
    [Fact]
    public async Task A_day_that_is_not_confirmed_is_worked_until_the_file_is_changed()
    {
        var day = new DateOnly(2027, 11, 24);
        var seeded = Path.Combine(Repository.Root, "seeds", "holidays");
        using var journal = new Journal();
        using var logging = LoggerFactory.Create(builder => builder.AddProvider(journal));
        var days = new WorkingDays(new Holidays(seeded), logging.CreateLogger<WorkingDays>());
        Assert.Equal(day, days.After(day.AddDays(-1), 1));
        Assert.Equal(day, days.After(day.AddDays(1), -1));
        Assert.StartsWith("2027-11-24 may be a day off", Assert.Single(journal.Entries).Text, StringComparison.Ordinal);

        // As the line is moved by an operator, in a copy of the folder.
        var cancel = TestContext.Current.CancellationToken;
        var file = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(seeded, "2027.json"), cancel))!.AsObject();
        file["holidays"]!.AsArray().Add(file["unconfirmed"]![0]!.DeepClone());
        file.Remove("unconfirmed");
        await File.WriteAllTextAsync(_folder.File("2027.json"), file.ToJsonString(), cancel);
        var clock = new SetClock(new DateTimeOffset(2027, 11, 23, 3, 0, 0, TimeSpan.Zero));
        foreach (var (folder, due) in new[] { (seeded, "2027-11-24"), (_folder.Path, "2027-11-25") })
        {
            await using var app = await apps.StartAsync(
                DatabaseKind.Sqlite,
                clock,
                $"--Feedback:Holidays={folder}",
                "--Feedback:AnswerWithinWorkingDays=1"
            );
            Assert.Equal(
                due,
                (await app.SubmitAsync(app.NewSite()))
                    .Is(System.Net.HttpStatusCode.Created)
                    .Json.GetProperty("dueBy")
                    .GetString()
            );
        }
    }
}
