using Microsoft.Extensions.Logging.Console;

namespace PortalServices.ServiceDefaults.Settings;

/// <summary>Sections that are read by the framework, or by a name of their own.</summary>
internal static class FrameworkSections
{
    /// <summary>One environment may serve all services, so the names of all are known to each.</summary>
    private static readonly string[] Connections = ["redis", "rabbitmq", "content", "feedback", "dashboard"];

    private static readonly SettingShape Levels = SettingShape.Map(SettingShape.Of(typeof(LogLevel)));

    private static readonly SettingShape LevelsOnly = SettingShape.Section(
        new Dictionary<string, SettingShape> { ["LogLevel"] = Levels }
    );

    /// <summary>
    /// The environment's <c>POSTGRESQLCONNSTR_content</c> and the like bring the name of a provider with them.
    /// </summary>
    public static SettingShape ConnectionStrings { get; } =
        SettingShape.Section(
            Connections
                .SelectMany(name => new[] { name, name + "_ProviderName" })
                .ToDictionary(name => name, _ => SettingShape.Text)
        );

    /// <summary>Levels of all providers, and providers with levels and settings of their own.</summary>
    public static SettingShape Logging { get; } =
        SettingShape.Section(
            new Dictionary<string, SettingShape>
            {
                ["LogLevel"] = Levels,
                ["Console"] = SettingShape.Section(
                    typeof(ConsoleLoggerOptions)
                        .GetProperties()
                        .ToDictionary(property => property.Name, property => SettingShape.Of(property.PropertyType))
                        .Concat([
                            new("LogLevel", Levels),
                            new("FormatterOptions", SettingShape.Of(typeof(SimpleConsoleFormatterOptions))),
                        ])
                        .ToDictionary()
                ),
                ["OpenTelemetry"] = SettingShape.Any,
                ["Debug"] = LevelsOnly,
                ["EventSource"] = LevelsOnly,
                ["EventLog"] = LevelsOnly,
            }
        );
}
