using PortalServices.Testing;
using PortalServices.Testing.Processes;

namespace PortalServices.Acceptance.Tests.Commands;

/// <summary>
/// Runs commands as a reader types them, by bash in the folder of the sources, with some names in them replaced.
/// </summary>
internal sealed class Shell : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);
    private readonly TemporaryDirectory _folder = new();

    public Shell()
    {
        Directory.CreateDirectory(_folder.File("bin"));
        Directory.CreateDirectory(_folder.File("work"));
        // Not everywhere installed, and no part of the product.
        Script("uuidgen", "cat /proc/sys/kernel/random/uuid");
        // What curl says last is the status; errors of a server are no errors of curl otherwise.
        Script("curl", $"exec {Curl} --silent --show-error --max-time 60 --write-out '\\n%{{http_code}}' \"$@\"");
    }

    public static string Curl { get; } = Programs.InPath("curl");

    /// <summary>What stands in a document, and what it is here.</summary>
    public Dictionary<string, string> Replaced { get; } = [];

    /// <summary>Variables that a document names.</summary>
    public Dictionary<string, string> Variables { get; } =
        new()
        {
            ["DOTNET_CLI_USE_MSBUILD_SERVER"] = "0",
            ["MSBUILDDISABLENODEREUSE"] = "1",
            ["DOTNET_NOLOGO"] = "1",
        };

    /// <summary>A place for files.</summary>
    public string File(string name) => _folder.File(name);

    /// <summary>
    /// A build of this project is left out where it was built after the last change of these folders. It would build the
    /// hosts, too, under the hands of other tests that start them.
    /// </summary>
    public void UseBuilt(string project, params string[] folders) =>
        Script(
            "dotnet",
            $$"""
            built={{project}}/bin/{{Repository.Configuration}}/net10.0/PortalServices.{{Path.GetFileName(project)}}.dll
            if [ "$1 $2" = "build {{project}}" ] && [ -e "$built" ] &&
              [ -z "$(find {{string.Join(
                ' ',
                folders.Append(project)
            )}} -newer "$built" -name '*.cs*' -not -path '*/obj/*')" ]
            then exit 0; fi
            exec {{HostProcess.Dotnet}} "$@"
            """
        );

    /// <summary>Runs a command to its end, in a folder for what it writes.</summary>
    public async Task<(int Code, IReadOnlyList<string> Output, string Tail)> RunAsync(
        string command,
        string? directory = null
    )
    {
        await using var process = await StartAsync(command, null, directory ?? _folder.File("work"));
        try
        {
            return (await process.WaitForExitAsync(Patience), [.. process.Output], process.Tail());
        }
        finally
        {
            await process.KillTreeAsync();
        }
    }

    /// <summary>
    /// Starts a program, ends it when it says that it is ready, and returns what it said; it must not end before.
    /// </summary>
    public async Task StartUntilAsync(string command, string ready)
    {
        var isReady = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var process = await StartAsync(
            command,
            line =>
            {
                if (line.Contains(ready, StringComparison.Ordinal))
                {
                    isReady.TrySetResult();
                }
            },
            Repository.Root
        );
        try
        {
            var ended = process.WaitForExitAsync(Patience);
            Assert.True(await Task.WhenAny(isReady.Task, ended) == isReady.Task, $"{command}\n{process.Tail()}");
        }
        finally
        {
            await process.KillTreeAsync();
        }
    }

    public void Dispose() => _folder.Dispose();

    private Task<ChildProcess> StartAsync(string command, Action<string>? onLine, string directory)
    {
        foreach (var (from, to) in Replaced)
        {
            command = command.Replace(from, to, StringComparison.Ordinal);
        }
        // The dotnet that runs this test may not be on the path.
        var path =
            $"{_folder.File("bin")}:{Path.GetDirectoryName(HostProcess.Dotnet)}:{Environment.GetEnvironmentVariable("PATH")}";
        return ChildProcess.StartAsync(
            "/bin/bash",
            ["-c", command],
            new Dictionary<string, string>(Variables) { ["PATH"] = path },
            onLine,
            directory
        );
    }

    private void Script(string name, string text)
    {
        var file = Path.Combine(_folder.File("bin"), name);
        System.IO.File.WriteAllText(file, $"#!/bin/sh\n{text}\n");
        System.IO.File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }
}
