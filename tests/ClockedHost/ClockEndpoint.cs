namespace PortalServices.ClockedHost;

/// <summary><c>POST /clock?now=…</c>: sets the clock.</summary>
internal static class ClockEndpoint
{
    public static WebApplication MapClock(this WebApplication app)
    {
        var clock = (HandSetClock)app.Services.GetRequiredService<TimeProvider>();
        app.MapPost("/clock", (string now) => clock.Set(now));
        return app;
    }
}
