using Microsoft.Extensions.Logging.Console;

namespace PortalServices.ServiceDefaults.Settings;

/// <summary>Sections that are read by the framework, or by a name of their own.</summary>
internal static class FrameworkSections
{
    /// <summary>One environment may serve all services, so the names of all are known to each.</summary>
    private static readonly string[] Connections = ["redis", "rabbitmq", "content", "feedback", "dashboard"];

    private static readonly SettingShape Levels = SettingShape.Map(SettingShape.Of(typeof(LogLevel)));

    private static readonly SettingShape LevelsOnly = SettingShape.Section(("LogLevel", Levels));

    /// <summary>
    /// The environment's <c>POSTGRESQLCONNSTR_content</c> and the like bring the name of a provider with them.
    /// </summary>
    public static SettingShape ConnectionStrings { get; } =
        SettingShape.Section(
            Connections
                .SelectMany(name => new[] { name, name + "_ProviderName" })
                .Select(name => (name, SettingShape.Text))
        );

    /// <summary>Levels of all providers, and providers with levels and settings of their own.</summary>
    public static SettingShape Logging { get; } =
        SettingShape.Section(
            ("LogLevel", Levels),
            (
                "Console",
                SettingShape.Section([
                    .. typeof(ConsoleLoggerOptions)
                        .GetProperties()
                        .Select(property => (property.Name, SettingShape.Of(property.PropertyType))),
                    ("LogLevel", Levels),
                    ("FormatterOptions", SettingShape.Of(typeof(SimpleConsoleFormatterOptions))),
                ])
            ),
            ("OpenTelemetry", SettingShape.Any),
            ("Debug", LevelsOnly),
            ("EventSource", LevelsOnly),
            ("EventLog", LevelsOnly)
        );
}
