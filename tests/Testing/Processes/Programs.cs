namespace PortalServices.Testing.Processes;

/// <summary>
/// Where the programs are that tests start: in the folder that <c>PORTAL_TESTS_…</c> names, in the folder where Debian
/// keeps those that are not for everybody, or in <c>PATH</c>.
/// </summary>
public static class Programs
{
    /// <summary>Every program of PostgreSQL; <c>PORTAL_TESTS_POSTGRES</c> names their folder.</summary>
    public static string Postgres(string name) => Find(name, "PORTAL_TESTS_POSTGRES", "/usr/lib/postgresql/15/bin");

    /// <summary>
    /// Every program of RabbitMQ; <c>PORTAL_TESTS_RABBITMQ</c> names their folder. Debian's scripts in PATH change the
    /// user and write to /var/log.
    /// </summary>
    public static string RabbitMq(string name) => Find(name, "PORTAL_TESTS_RABBITMQ", "/usr/lib/rabbitmq/bin");

    /// <summary>A program in PATH; a variable such as <c>PORTAL_TESTS_REDIS</c> may name its folder.</summary>
    public static string InPath(string name, string variable = "") => Find(name, variable, null);

    /// <summary>Whether a program is in PATH.</summary>
    public static bool IsInPath(string name) => Search(name) is not null;

    private static string Find(string name, string variable, string? folder)
    {
        if (Environment.GetEnvironmentVariable(variable) is { Length: > 0 } named)
        {
            return Path.Combine(named, name);
        }
        if (folder is not null && Path.Combine(folder, name) is var there && File.Exists(there))
        {
            return there;
        }
        return Search(name)
            ?? throw new FileNotFoundException($"{name} is not installed, or not in PATH ({variable}).");
    }

    private static string? Search(string name) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "")
            .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Select(folder => Path.Combine(folder, name))
            .FirstOrDefault(File.Exists);
}
