using Microsoft.Extensions.Logging.Console;

namespace PortalServices.ServiceDefaults.Hosting;

/// <summary>
/// Logs: one line each, on the standard output, in UTC, with the trace that they belong to; levels by the section
/// <c>Logging</c>. Text on a terminal, JSON elsewhere, unless <c>Logging:Console:FormatterName</c> says which.
/// </summary>
internal static class PortalLogs
{
    public const string Section = "Logging";

    public static void AddPortalLogs(this ILoggingBuilder logging, IConfiguration configuration)
    {
        // One of the framework's formats, which the settings can name as well.
        logging.AddSimpleConsole(console =>
        {
            console.SingleLine = true;
            console.UseUtcTimestamp = true;
            console.TimestampFormat = $"{TextLogFormat.TimeFormat} ";
        });
        logging
            .Services.AddSingleton<ConsoleFormatter, TextLogFormat>()
            .AddSingleton<ConsoleFormatter, JsonLogFormat>();
        logging.Services.Configure<ConsoleLoggerOptions>(console =>
            console.FormatterName =
                configuration[$"{Section}:Console:FormatterName"] is { Length: > 0 } chosen ? chosen
                : Console.IsOutputRedirected ? JsonLogFormat.FormatName
                : TextLogFormat.FormatName
        );
        logging.SetMinimumLevel(LogLevel.Information);
        // No format writes scopes: the trace says to which request a line belongs.
        logging.Services.Configure<LoggerFilterOptions>(filters => filters.CaptureScopes = false);
        logging.AddFilter("Microsoft", LogLevel.Warning);
        logging.AddFilter("System.Net.Http", LogLevel.Warning);
        logging.AddFilter("Yarp", LogLevel.Warning);
        // It tells of every probe that failed; a change of a replica's health is told beside it.
        logging.AddFilter("Yarp.ReverseProxy.Health.ActiveHealthCheckMonitor", LogLevel.Error);
        // Its errors are exceptions, too: who expects one, such as a key that is taken, handles it, and any other is
        // told where it ends. Its warnings stay.
        logging.AddFilter("Microsoft.EntityFrameworkCore", level => level is LogLevel.Warning or LogLevel.Critical);
        // What goes wrong with the bus is told by its users, once an outage; the bus tells each of thousands of tries,
        // with its stack trace.
        logging.AddFilter("MassTransit", LogLevel.None);
        // A part logs its own troubles; this would tell them again at each look from outside.
        logging.AddFilter("Microsoft.Extensions.Diagnostics.HealthChecks", LogLevel.Critical);
        // These two repeat a failed start with its stack trace, which is told in one line already.
        logging.AddFilter(
            "Microsoft.Extensions.Hosting.Internal.Host",
            level => StartupFailure.Started && level >= LogLevel.Warning
        );
        // Its warnings are of clients that leave while their request is read: nobody else's trouble.
        logging.AddFilter(
            "Microsoft.AspNetCore.Server.Kestrel",
            level => StartupFailure.Started && level >= LogLevel.Error
        );
        // A level that cannot be read would throw before the start can name it together with all else that is wrong.
        if (FrameworkSections.Logging.Accepts(configuration, Section))
        {
            logging.AddConfiguration(configuration.GetSection(Section));
        }
    }
}
