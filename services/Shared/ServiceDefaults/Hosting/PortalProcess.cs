using Microsoft.Extensions.Options;

namespace PortalServices.ServiceDefaults.Hosting;

/// <summary>A process: settings, doors, commands, and start-up failures told in one line.</summary>
public static class PortalProcess
{
    /// <summary>
    /// Serves until asked to end, or runs the command that the arguments name. Settings come from
    /// <c>appsettings.json</c> beside the program, files of secrets (<see cref="SecretsOptions"/>), environment
    /// variables and the command line (<c>--Section:Key=value</c>), later ones winning; any other argument must be a
    /// command's.
    /// </summary>
    /// <param name="args">The arguments of the process.</param>
    /// <param name="configure">Adds the modules.</param>
    /// <param name="map">Maps them. Runs after every setting has been validated.</param>
    /// <returns>The exit code: 0, or 1 after one line on the error output.</returns>
    public static async Task<int> RunAsync(
        string[] args,
        Action<WebApplicationBuilder> configure,
        Action<WebApplication> map
    )
    {
        ArgumentNullException.ThrowIfNull(args);
        ArgumentNullException.ThrowIfNull(configure);
        ArgumentNullException.ThrowIfNull(map);
        try
        {
            var commandLine = CommandLine.Parse(args);
            var builder = ProcessBuilder.Create(commandLine);
            configure(builder);
            await using var app = builder.Build();
            return commandLine.Switch is null ? await ServeAsync(app, map) : await RunCommandAsync(app, commandLine);
        }
#pragma warning disable CA1031 // Whatever stops the start is told in one line; a stack trace tells an operator nothing.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            await Console.Error.WriteLineAsync(StartupFailure.Describe(failure));
            return 1;
        }
    }

    /// <summary>
    /// The builder that <see cref="RunAsync"/> hands to its modules, for a program that starts and stops an application
    /// itself.
    /// </summary>
    /// <param name="args">Settings as on the command line.</param>
    public static WebApplicationBuilder CreateBuilder(params string[] args) =>
        ProcessBuilder.Create(CommandLine.Parse(args));

    /// <summary>Where the doors of a started application are, with the ports that were bound.</summary>
    public static IReadOnlyDictionary<Door, Uri> OpenDoors(this WebApplication app)
    {
        ArgumentNullException.ThrowIfNull(app);
        return app.Services.GetRequiredService<DoorList>().Open().ToDictionary();
    }

    /// <summary>The switch of the command this process was started for, or null when it is to serve.</summary>
    public static string? CommandSwitch(this WebApplicationBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return ((IHostApplicationBuilder)builder).Properties.TryGetValue(ProcessBuilder.Command, out var command)
            ? (string?)command
            : null;
    }

    private static async Task<int> ServeAsync(WebApplication app, Action<WebApplication> map)
    {
        var doors = app.Services.GetRequiredService<DoorList>();
        await ValidateAsync(app);
        // What the modules do at their start may take long, and write.
        if (string.Join("; ", doors.FindTaken()) is { Length: > 0 } taken)
        {
            throw new StartupException(taken);
        }
        map(app);
        try
        {
            await app.StartAsync();
        }
        catch (Exception refused) when (doors.Explain(refused) is { } line)
        {
            throw new StartupException(line);
        }

        StartupFailure.Started = true;
        foreach (var (door, address) in doors.Open())
        {
            Console.WriteLine($"{door} {address.GetLeftPart(UriPartial.Authority)}");
        }
        foreach (var line in app.Services.GetServices<IStartNote>().SelectMany(note => note.Lines))
        {
            Console.WriteLine(line);
        }
        Console.WriteLine("Ready");
        try
        {
            await app.WaitForShutdownAsync();
        }
        catch (Exception) when (app.Services.GetRequiredService<FatalStop>().Message is not null)
        {
            // What made it end is told, not what else failed by it.
        }

        if (FatalEnd(app.Services) is not { } cause)
        {
            return 0;
        }
        await Console.Error.WriteLineAsync(cause);
        return 1;
    }

    // Here rather than in the host's start, so that every wrong setting is told at once, before mapping trips over the
    // first.
    private static async Task ValidateAsync(WebApplication app)
    {
        List<Exception> failures = [];
        await CollectAsync(() =>
        {
            app.Services.GetService<IStartupValidator>()?.Validate();
            return new([]);
        });
        foreach (var check in app.Services.GetServices<IStartupCheck>())
        {
            await CollectAsync(check.FindMistakesAsync);
        }
        if (failures.Count > 0)
        {
            throw new AggregateException(failures);
        }

        async Task CollectAsync(Func<ValueTask<IEnumerable<string>>> look)
        {
            try
            {
                failures.AddRange((await look()).Select(mistake => new StartupException(mistake)));
            }
            catch (Exception invalid)
                when (invalid is StartupException or OptionsValidationException or AggregateException)
            {
                failures.Add(invalid);
            }
        }
    }

    // A background service that fails stops the host, which by itself would end like one that was asked to.
    private static string? FatalEnd(IServiceProvider services) =>
        services.GetRequiredService<FatalStop>().Message
        ?? services
            .GetServices<IHostedService>()
            .OfType<BackgroundService>()
            .Where(service => service.ExecuteTask?.IsFaulted == true)
            .Select(service =>
                $"{service.GetType().Name} failed: {StartupFailure.Describe(service.ExecuteTask!.Exception!)}"
            )
            .FirstOrDefault();

    private static async Task<int> RunCommandAsync(WebApplication app, CommandLine commandLine)
    {
        var command =
            app.Services.GetServices<IHostCommand>().FirstOrDefault(c => c.Switch == commandLine.Switch)
            ?? throw new StartupException(
                $"{commandLine.Switch}: unknown argument. Settings are given as --Section:Key=value; commands are "
                    + string.Join(
                        ", ",
                        app.Services.GetServices<IHostCommand>().Select(c => c.Switch).Order(StringComparer.Ordinal)
                    )
            );
        if (commandLine.Rest.Count(word => word == command.Switch) > 1)
        {
            throw new StartupException($"{command.Switch}: given twice");
        }
        if (commandLine.Rest.Length > 1 && !command.TakesArguments)
        {
            throw new StartupException(
                $"{commandLine.Rest[1]}: {command.Switch} takes no arguments; settings are given as --Section:Key=value"
            );
        }
        if (command.NeedsValidSettings)
        {
            await ValidateAsync(app);
        }
        using var end = new CancellationTokenSource();
        using var term = System.Runtime.InteropServices.PosixSignalRegistration.Create(
            System.Runtime.InteropServices.PosixSignal.SIGTERM,
            signal =>
            {
                signal.Cancel = true;
                end.Cancel();
            }
        );
        return await command.RunAsync(commandLine.Rest, end.Token);
    }
}
