using PortalServices.ServiceDefaults.Settings;

namespace PortalServices.Feedback.Deadlines;

/// <summary>
/// Reads the files of holidays, so that a mistake in one stops the start, together with all else that is wrong.
/// </summary>
internal sealed class HolidaysCheck(IServiceProvider services) : IStartupCheck
{
    public ValueTask<IEnumerable<string>> FindMistakesAsync()
    {
        services.GetRequiredService<Holidays>();
        return new([]);
    }
}
