using System.Text.Json;

namespace PortalServices.Testing.Processes;

/// <summary>
/// Starts of a host that are refused, one after the other in one process of that host: its program with its files, its
/// entry point called once for each. A process of its own for each costs seconds, nearly all of them the runtime's.
/// </summary>
public static class ManyStarts
{
    /// <summary>What is given for the exit code of a start that was not refused, and of one that threw.</summary>
    public const int NotEnded = -1;

    internal const string List = "PORTAL_TESTS_STARTS",
        Hooks = "DOTNET_STARTUP_HOOKS";

    /// <summary>Runs them in their order; each with what came of it.</summary>
    public static async Task<IReadOnlyList<HostRun>> RunAsync(string project, IReadOnlyList<HostStart> starts)
    {
        using var folder = new TemporaryDirectory();
        var list = folder.File("starts.json");
        await File.WriteAllTextAsync(list, JsonSerializer.Serialize(starts));
        var run = await HostProcess.RunAsync(
            project,
            [],
            new Dictionary<string, string> { [List] = list, [Hooks] = typeof(ManyStarts).Assembly.Location }
        );
        return run.ExitCode == 0
            ? JsonSerializer.Deserialize<HostRun[]>(await File.ReadAllTextAsync(list))!
            : throw new InvalidOperationException(
                $"{project} did not run its starts:\n{string.Join('\n', run.Output.Concat(run.Errors))}"
            );
    }
}
