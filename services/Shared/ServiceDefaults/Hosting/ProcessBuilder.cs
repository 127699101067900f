using System.Reflection;
using PortalServices.ServiceDefaults.Shutdown;

namespace PortalServices.ServiceDefaults.Hosting;

/// <summary>What a process is made of before its modules are added: settings, server, routing, the end.</summary>
internal static class ProcessBuilder
{
    /// <summary>Where the switch of the command lies in the host's properties.</summary>
    public static readonly object Command = new();

    // The framework would listen at these as well, at no door, and takes them from plain variables of the environment.
    private static readonly KeyValuePair<string, string?>[] NoOtherAddresses =
    [
        new(WebHostDefaults.ServerUrlsKey, null),
        new(WebHostDefaults.HttpPortsKey, null),
        new(WebHostDefaults.HttpsPortsKey, null),
        new(WebHostDefaults.PreferHostingUrlsKey, null),
    ];

    public static WebApplicationBuilder Create(CommandLine commandLine)
    {
        // The empty builder, because the full one watches the content root: every write to a file below it would wake
        // the process.
        var builder = WebApplication.CreateEmptyBuilder(
            new WebApplicationOptions
            {
                ApplicationName = Assembly.GetEntryAssembly()?.GetName().Name,
                ContentRootPath = AppContext.BaseDirectory,
            }
        );
        try
        {
            var settings = builder.Configuration;
            settings.AddJsonFile("appsettings.json", optional: true, reloadOnChange: false);
            var next = settings.Sources.Count;
            settings
                .AddEnvironmentVariables()
                .AddCommandLine(commandLine.Settings)
                .AddInMemoryCollection(NoOtherAddresses);
            // Their folder is named by any of the others, between which they stand.
            settings.Sources.Insert(next, new SecretFilesSource(SecretFiles.Read(settings)));
        }
        catch (InvalidDataException broken)
        {
            throw new StartupException($"appsettings.json: {broken.InnerException?.Message ?? broken.Message}");
        }

        ((IHostApplicationBuilder)builder).Properties[Command] = commandLine.Switch!;
        builder.WebHost.UseKestrel();
        builder.Services.AddRouting();
        // Requests under way may finish; a client that never ends its request does not hold the process for ever.
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = ShutdownOptions.Timeout);
        builder.Services.AddSingleton<FatalStop>();
        return builder;
    }
}
