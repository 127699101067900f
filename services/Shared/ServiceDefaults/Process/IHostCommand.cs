namespace PortalServices.ServiceDefaults;

/// <summary>
/// Something a process does once and ends, instead of serving. Modules register theirs; the settings have been read, but not validated,
/// so that a command works before the process is wholly configured.
/// </summary>
public interface IHostCommand
{
    /// <summary>The argument that chooses the command, for example <c>--new-key</c>.</summary>
    string Switch { get; }

    /// <summary>Runs the command and returns the exit code. A <see cref="StartupException"/> is printed as its one line, exit code 1.</summary>
    /// <param name="args">The arguments that are not settings, beginning with the switch.</param>
    /// <param name="cancellationToken">Fires when the process is asked to end.</param>
    Task<int> RunAsync(string[] args, CancellationToken cancellationToken);
}
