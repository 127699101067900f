using System.Globalization;
using PortalServices.Model.Tests.Model;
using PortalServices.Model.Tests.Steps;

namespace PortalServices.Model.Tests.Checks;

/// <summary>Bots by day and reason.</summary>
internal static class BotsCheck
{
    private const int MaxDays = 900,
        UsualDays = 60,
        SeldomIsEach = 8;

    public static async Task CompareAsync(SiteRun run, Differences found)
    {
        var (from, to) = (run.Model.FirstDay.AddDays(-1), run.Model.Today.AddDays(1));
        var earliest = to.AddDays(run.Comparisons % SeldomIsEach == 0 ? -MaxDays : -UsualDays);
        if (from < earliest)
        {
            from = earliest;
        }
        if (await run.ReadAsOperatorAsync<BotDays>(found, $"bots?from={Date(from)}&to={Date(to)}") is not { } bots)
        {
            return;
        }
        found.Compare("span of bots", (run.Site, from, to), (bots.Site, bots.From, bots.To));
        found.Compare("days of bots", to.DayNumber - from.DayNumber, bots.Items.Count);
        foreach (var (item, day) in bots.Items.Select((item, i) => (item, from.AddDays(i))))
        {
            found.Compare("day of bots", day, item.Day);
            found.CompareTables(
                $"bots of {Date(day)}",
                Bot.All.ToDictionary(bot => bot.Reason, bot => run.Model.Bots(day, bot.Reason)),
                item.Reasons
            );
        }
    }

    private static string Date(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private sealed record BotDays(string Site, DateOnly From, DateOnly To, IReadOnlyList<BotDay> Items);

    private sealed record BotDay(DateOnly Day, Dictionary<string, long> Reasons);
}
