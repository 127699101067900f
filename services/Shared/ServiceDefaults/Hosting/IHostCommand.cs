namespace PortalServices.ServiceDefaults.Hosting;

/// <summary>
/// Something a process does once and ends, instead of serving. Modules register theirs; the settings have been read,
/// but not validated, so that a command works before the process is wholly configured, unless it asks for valid ones.
/// </summary>
public interface IHostCommand
{
    /// <summary>The argument that chooses the command, for example <c>--new-key</c>.</summary>
    string Switch { get; }

    /// <summary>Whether more arguments may follow the switch.</summary>
    bool TakesArguments => false;

    /// <summary>
    /// Whether it runs only with settings with which the process would serve: a command that writes where the process
    /// would.
    /// </summary>
    bool NeedsValidSettings => false;

    /// <summary>
    /// Runs the command and returns the exit code. A <see cref="StartupException"/> is printed as its one line, exit
    /// code 1.
    /// </summary>
    /// <param name="args">The arguments that are not settings, beginning with the switch.</param>
    /// <param name="cancellationToken">Fires when the process is asked to end.</param>
    Task<int> RunAsync(string[] args, CancellationToken cancellationToken);
}
