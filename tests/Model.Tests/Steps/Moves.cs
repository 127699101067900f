namespace PortalServices.Model.Tests.Steps;

/// <summary>Where the clock is moved to.</summary>
internal enum Move
{
    Minutes,
    Hours,
    LastSecondOfTheDay,
    Midnight,
    LastSecondOfTheWeek,
    WeekStart,
    Days,
    Weeks,
    Months,
    Years,
}

/// <summary>The clock goes on.</summary>
internal sealed record MoveClock(Move To, int Amount) : Step
{
    public override Task RunAsync(SiteRun run)
    {
        var (model, zone) = (run.Model, run.Model.Zone);
        var midnight = zone.StartOf(model.Today.AddDays(1));
        var weekStart = zone.StartOf(model.ThisWeek.AddDays(7));
        var to = To switch
        {
            Move.Minutes => model.Now.AddSeconds(Amount * 20),
            Move.Hours => model.Now.AddMinutes(Amount * 20),
            Move.LastSecondOfTheDay => midnight.AddSeconds(-1),
            Move.Midnight => midnight.AddSeconds(Amount % 3 * 40),
            Move.LastSecondOfTheWeek => weekStart.AddSeconds(-1),
            Move.WeekStart => weekStart.AddSeconds(Amount % 3 * 40),
            Move.Days => model.Now.AddHours(Amount),
            Move.Weeks => model.Now.AddDays(7 + (Amount % 14)),
            Move.Months => model.Now.AddDays(31 + (Amount % 30)),
            _ => model.Now.AddDays(395 + (Amount % 10)),
        };
        return run.MoveAsync(to > model.Now ? to : model.Now.AddSeconds(1));
    }
}
