using PortalServices.LoadTests.Commands;
using PortalServices.Testing.Processes;

namespace PortalServices.LoadTests.Tests.Commands;

/// <summary>The tool as a process.</summary>
internal static class Tool
{
    /// <summary>Starts it.</summary>
    public static Task<ChildProcess> StartAsync(
        string directory,
        IEnumerable<string> arguments,
        IEnumerable<string>? prefix = null
    )
    {
        string[] command = [.. prefix ?? [], HostProcess.Dotnet, typeof(CommandLine).Assembly.Location, .. arguments];
        return ChildProcess.StartAsync(command[0], command[1..], directory: directory);
    }

    /// <summary>Runs it to its end.</summary>
    public static async Task<(int Code, string Output, string Errors)> RunAsync(
        string directory,
        params string[] arguments
    )
    {
        await using var tool = await StartAsync(directory, arguments);
        var code = await tool.WaitForExitAsync(TimeSpan.FromMinutes(5));
        return (code, string.Join('\n', tool.Output), string.Join('\n', tool.Errors));
    }
}
