namespace PortalServices.ServiceDefaults.Hosting;

/// <summary>
/// Ends a process that is already serving because going on would be wrong: it drains, prints the one line and exits
/// with code 1.
/// </summary>
public sealed class FatalStop(IHostApplicationLifetime lifetime)
{
    private string? _message;

    /// <summary>The line, once the process is to end; the first one stays.</summary>
    public string? Message => Volatile.Read(ref _message);

    /// <summary>Asks the process to end. Returns at once.</summary>
    /// <param name="message">What is wrong, beginning with the setting or the part to change.</param>
    public void Stop(string message)
    {
        if (Interlocked.CompareExchange(ref _message, message, null) is null)
        {
            lifetime.StopApplication();
        }
    }
}
