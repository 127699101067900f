using System.Reflection;
using System.Text.Json;
using PortalServices.Testing.Processes;

/// <summary>
/// Runs within a program that <see cref="ManyStarts"/> has started, before the program itself: runs its entry point
/// once for each of the starts that are listed, and ends the process. The runtime looks for it under this name.
/// </summary>
internal static class StartupHook
{
    // A start that is refused takes part of a second.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    public static void Initialize()
    {
        var file = Environment.GetEnvironmentVariable(ManyStarts.List)!;
        // What the program starts itself, and sees of its environment, is none of this.
        Environment.SetEnvironmentVariable(ManyStarts.List, null);
        Environment.SetEnvironmentVariable(ManyStarts.Hooks, null);
        var starts = JsonSerializer.Deserialize<HostStart[]>(File.ReadAllText(file))!;
        var main = Assembly.LoadFrom(Environment.GetCommandLineArgs()[0]).EntryPoint!;
        var runs = starts.Select(start => Run(main, start)).ToArray();
        File.WriteAllText(file, JsonSerializer.Serialize(runs));
        Environment.Exit(0);
    }

    private static HostRun Run(MethodInfo main, HostStart start)
    {
        using StringWriter output = new(),
            errors = new();
        Console.SetOut(TextWriter.Synchronized(output));
        Console.SetError(TextWriter.Synchronized(errors));
        foreach (var (name, value) in start.Environment)
        {
            Environment.SetEnvironmentVariable(name, value);
        }
        var code = ManyStarts.NotEnded;
        var thread = new Thread(() =>
        {
            try
            {
                code = (int)main.Invoke(null, [start.Arguments.ToArray()])!;
            }
#pragma warning disable CA1031 // What a process of its own would end with is what is asked for.
            catch (Exception unhandled)
#pragma warning restore CA1031
            {
                Console.Error.WriteLine($"Unhandled exception. {unhandled}");
            }
        })
        {
            IsBackground = true,
        };
        thread.Start();
        thread.Join(Patience);
        foreach (var name in start.Environment.Keys)
        {
            Environment.SetEnvironmentVariable(name, null);
        }
        return new HostRun(code, Lines(output), Lines(errors));
    }

    private static string[] Lines(StringWriter text)
    {
        var lines = text.ToString().Split('\n');
        return lines[^1].Length == 0 ? lines[..^1] : lines;
    }
}
