using PortalServices.Database;
using PortalServices.Testing;

namespace PortalServices.Feedback.Tests.Deadlines;

/// <summary>
/// The day until which feedback is to be answered, from the instant it comes in; the expected days are counted on a
/// calendar.
/// </summary>
public sealed class DueDayTests(FeedbackApps apps) : IClassFixture<FeedbackApps>
{
    private static readonly string Seeded = $"--Feedback:Holidays={Path.Combine(Repository.Root, "seeds", "holidays")}";

    [Theory, EveryDatabase]
    public async Task It_follows_from_the_day_by_the_sites_clock_and_the_seeded_holidays(DatabaseKind kind)
    {
        var clock = new SetClock(new DateTimeOffset(2025, 12, 31, 0, 0, 0, TimeSpan.Zero));
        await using var app = await apps.StartAsync(kind, clock, Seeded);
        var site = app.NewSite();

        // Over the Saturday that is worked in January, over Tết 2026 and over Tết 2027.
        await DueAsync("2025-12-31T02:00:00Z", "2026-01-22");
        await DueAsync("2026-02-02T02:00:00Z", "2026-03-02");
        await DueAsync("2027-01-28T02:00:00Z", "2027-02-25");
        // A Sunday.
        await DueAsync("2026-06-07T02:00:00Z", "2026-06-26");
        // Sunday's last second at the site, and the first of its Monday, which is still Sunday in UTC: 9–12, 15–19,
        // 22–26, 29 June.
        await DueAsync("2026-06-07T16:59:59Z", "2026-06-26");
        await DueAsync("2026-06-07T17:00:00Z", "2026-06-29");

        async Task DueAsync(string received, string due)
        {
            clock.Now = DateTimeOffset.Parse(received, System.Globalization.CultureInfo.InvariantCulture);
            var reply = (await app.SubmitAsync(site)).Is(System.Net.HttpStatusCode.Created);
            Assert.Equal(
                (received, due),
                (reply.Json.GetProperty("receivedAt").GetString(), reply.Json.GetProperty("dueBy").GetString())
            );
            var read = await app.GetAsync(site, $"feedback/{reply.Json.GetProperty("receipt").GetString()}");
            Assert.Equal(due, read.Json.GetProperty("dueBy").GetString());
        }
    }

    [Theory, EveryDatabase]
    public async Task The_term_is_a_setting(DatabaseKind kind)
    {
        // 2 July 2026 is a Thursday.
        var clock = new SetClock(new DateTimeOffset(2026, 7, 2, 3, 0, 0, TimeSpan.Zero));
        await using var app = await apps.StartAsync(kind, clock, Seeded, "--Feedback:AnswerWithinWorkingDays=3");
        Assert.Equal(
            "2026-07-07",
            (await app.SubmitAsync(app.NewSite()))
                .Is(System.Net.HttpStatusCode.Created)
                .Json.GetProperty("dueBy")
                .GetString()
        );
    }
}
