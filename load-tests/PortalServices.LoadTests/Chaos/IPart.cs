using PortalServices.Testing.Processes;

namespace PortalServices.LoadTests.Chaos;

/// <summary>A part of a suite that can be killed and started again.</summary>
internal interface IPart
{
    /// <summary>Its name in the history and in reports.</summary>
    string Name { get; }

    /// <summary>Takes it down, without a word.</summary>
    Task KillAsync(CancellationToken cancel);

    /// <summary>Starts it again, and returns when it is up.</summary>
    Task StartAsync(CancellationToken cancel);
}

/// <summary>A part by the shell commands that kill and start it.</summary>
internal sealed class CommandPart(string name, string kill, string start) : IPart
{
    public string Name => name;

    public Task KillAsync(CancellationToken cancel) => RunAsync(kill);

    public Task StartAsync(CancellationToken cancel) => RunAsync(start);

    /// <summary>Reads <c>NAME=KILL COMMAND=>START COMMAND</c>.</summary>
    public static CommandPart? Parse(string text)
    {
        var equals = text.IndexOf('=', StringComparison.Ordinal);
        var arrow = text.IndexOf("=>", StringComparison.Ordinal);
        return equals > 0 && arrow > equals + 1 && arrow + 2 < text.Length
            ? new CommandPart(text[..equals], text[(equals + 1)..arrow].Trim(), text[(arrow + 2)..].Trim())
            : null;
    }

    private async Task RunAsync(string command)
    {
        try
        {
            await ChildProcess.RunAsync("/bin/sh", ["-c", command], directory: Environment.CurrentDirectory);
        }
        catch (Exception failure) when (failure is InvalidOperationException or TimeoutException)
        {
            throw new ToolException(ErrorCode.FaultFailed, $"{name}: {failure.Message.ReplaceLineEndings(" ")}");
        }
    }
}

/// <summary>A part of a suite that the tool started.</summary>
internal sealed record OwnPart(string Name, Func<Task> Kill, Func<Task> Start) : IPart
{
    public Task KillAsync(CancellationToken cancel) => Kill();

    public Task StartAsync(CancellationToken cancel) => Start();
}
