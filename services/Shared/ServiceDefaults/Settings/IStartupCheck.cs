namespace PortalServices.ServiceDefaults.Settings;

/// <summary>
/// Looks at settings before the process starts, beside the validation of options: all mistakes of all checks are
/// reported together.
/// </summary>
public interface IStartupCheck
{
    /// <summary>
    /// What is wrong, each mistake as a line that begins with the setting or the file to change. May throw a
    /// <see cref="StartupException"/>, or the exception of options that are not valid, which is reported once.
    /// </summary>
    ValueTask<IEnumerable<string>> FindMistakesAsync();
}
