using System.Globalization;

namespace PortalServices.Testing.Processes;

/// <summary>
/// Programs that refuse to run as root: they run as somebody else where the tests do, and as the tests' own user
/// otherwise.
/// </summary>
internal static class Unprivileged
{
    private static readonly (uint User, uint Group)? Somebody = Environment.IsPrivilegedProcess
        ? Find("postgres") ?? Find("nobody")
        : null;

    /// <summary>Starts a program; see <see cref="ChildProcess.StartAsync"/>.</summary>
    public static Task<ChildProcess> StartAsync(
        string program,
        IEnumerable<string> arguments,
        string directory,
        Action<string>? onError = null
    )
    {
        var (first, all) = Command(program, arguments);
        return ChildProcess.StartAsync(first, all, directory: directory, onError: onError);
    }

    /// <summary>Runs a program to its end; see <see cref="ChildProcess.RunAsync"/>.</summary>
    public static Task RunAsync(string program, IEnumerable<string> arguments, string directory)
    {
        var (first, all) = Command(program, arguments);
        return ChildProcess.RunAsync(first, all, directory: directory);
    }

    /// <summary>Makes a folder theirs.</summary>
    public static Task GiveAsync(string directory) =>
        Somebody is var (user, group)
            ? ChildProcess.RunAsync("/bin/chown", [$"{user}:{group}", directory])
            : Task.CompletedTask;

    private static (string Program, IEnumerable<string> Arguments) Command(
        string program,
        IEnumerable<string> arguments
    ) =>
        Somebody is var (user, group)
            // The kernel unties a process that changes its user from its parent: it is tied a second time.
            ? (
                Programs.InPath("setpriv"),
                [$"--reuid={user}", $"--regid={group}", "--clear-groups", "--pdeathsig", "KILL", program, .. arguments]
            )
            : (program, arguments);

    private static (uint, uint)? Find(string name) =>
        File.ReadLines("/etc/passwd")
            .Select(line => line.Split(':'))
            .Where(fields => fields[0] == name)
            .Select(fields =>
                ((uint, uint)?)
                    (
                        uint.Parse(fields[2], CultureInfo.InvariantCulture),
                        uint.Parse(fields[3], CultureInfo.InvariantCulture)
                    )
            )
            .FirstOrDefault();
}
