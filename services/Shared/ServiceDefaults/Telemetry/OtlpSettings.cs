using System.Globalization;
using OpenTelemetry.Exporter;

namespace PortalServices.ServiceDefaults.Telemetry;

/// <summary>
/// The standard variables of OpenTelemetry that say where telemetry is sent and how much of it: in the environment, or
/// as any other setting. Nothing is sent where they name no endpoint. The SDK would pass over a value that it cannot
/// read; here it stops the start.
/// </summary>
internal sealed class OtlpSettings(IConfiguration configuration) : IStartupCheck
{
    public const string Traces = "TRACES",
        Metrics = "METRICS",
        Logs = "LOGS";

    private const string Sampler = "OTEL_TRACES_SAMPLER",
        SamplerArgument = "OTEL_TRACES_SAMPLER_ARG",
        Disabled = "OTEL_SDK_DISABLED",
        Http = "http/protobuf";

    private static readonly string[] Signals = [Traces, Metrics, Logs];
    private static readonly string[] Protocols = ["grpc", Http];
    private static readonly string[] Exporters = ["otlp", "none"];
    private static readonly string[] Samplers =
    [
        "always_on",
        "always_off",
        "traceidratio",
        "parentbased_always_on",
        "parentbased_always_off",
        "parentbased_traceidratio",
    ];

    /// <summary>Of the traces that begin here, when no sampler is set: one in a thousand.</summary>
    public const double UsualRatio = 0.001;

    public bool IsOff => IsTrue(configuration[Disabled]);

    /// <summary>Whether a signal is sent.</summary>
    public bool Sends(string signal) =>
        !IsOff
        && configuration[$"OTEL_{signal}_EXPORTER"] is not "none"
        && !string.IsNullOrWhiteSpace(
            configuration[$"OTEL_EXPORTER_OTLP_{signal}_ENDPOINT"] ?? configuration["OTEL_EXPORTER_OTLP_ENDPOINT"]
        );

    /// <summary>
    /// The share of the traces that begin here which are recorded, and whether a caller that records its own is
    /// followed.
    /// </summary>
    public (double Ratio, bool FollowsParent) Sampling
    {
        get
        {
            var sampler = configuration[Sampler];
            var ratio = string.IsNullOrEmpty(sampler) ? UsualRatio : 1;
            if (TryRatio(configuration[SamplerArgument]) is { } given)
            {
                ratio = given;
            }
            return sampler switch
            {
                "always_on" => (1, false),
                "always_off" => (0, false),
                "traceidratio" => (ratio, false),
                "parentbased_always_on" => (1, true),
                "parentbased_always_off" => (0, true),
                _ => (ratio, true),
            };
        }
    }

    /// <summary>
    /// Takes what is set for this signal alone: the exporter reads what is set for all of them by itself.
    /// </summary>
    public void ApplyTo(OtlpExporterOptions exporter, string signal)
    {
        if (Of("ENDPOINT") is { } endpoint)
        {
            exporter.Endpoint = new Uri(endpoint);
        }
        if (Of("PROTOCOL") is { } protocol)
        {
            exporter.Protocol = protocol == Http ? OtlpExportProtocol.HttpProtobuf : OtlpExportProtocol.Grpc;
        }
        if (Of("HEADERS") is { } headers)
        {
            exporter.Headers = headers;
        }
        if (Of("TIMEOUT") is { } timeout)
        {
            exporter.TimeoutMilliseconds = int.Parse(timeout, CultureInfo.InvariantCulture);
        }

        string? Of(string name) =>
            configuration[$"OTEL_EXPORTER_OTLP_{signal}_{name}"] is { Length: > 0 } value ? value : null;
    }

    public ValueTask<IEnumerable<string>> FindMistakesAsync() => new(FindMistakes());

    internal IEnumerable<string> FindMistakes()
    {
        foreach (var prefix in Signals.Select(signal => $"OTEL_EXPORTER_OTLP_{signal}_").Prepend("OTEL_EXPORTER_OTLP_"))
        {
            if (configuration[prefix + "ENDPOINT"] is { Length: > 0 } endpoint && !IsAddress(endpoint))
            {
                yield return $"{prefix}ENDPOINT: not an address such as http://collector:4317";
            }
            if (configuration[prefix + "PROTOCOL"] is { Length: > 0 } protocol && !Protocols.Contains(protocol))
            {
                yield return $"{prefix}PROTOCOL: {protocol} is none of {string.Join(", ", Protocols)}";
            }
            if (
                configuration[prefix + "TIMEOUT"] is { Length: > 0 } timeout
                && !(int.TryParse(timeout, NumberStyles.None, CultureInfo.InvariantCulture, out var time) && time > 0)
            )
            {
                yield return $"{prefix}TIMEOUT: {timeout} is no number of milliseconds";
            }
        }

        foreach (var name in Signals.Select(signal => $"OTEL_{signal}_EXPORTER"))
        {
            if (configuration[name] is { Length: > 0 } exporter && !Exporters.Contains(exporter))
            {
                yield return $"{name}: {exporter} is none of {string.Join(", ", Exporters)}";
            }
        }

        if (configuration[Sampler] is { Length: > 0 } sampler && !Samplers.Contains(sampler))
        {
            yield return $"{Sampler}: {sampler} is none of {string.Join(", ", Samplers)}";
        }
        if (configuration[SamplerArgument] is { Length: > 0 } argument && TryRatio(argument) is null)
        {
            yield return $"{SamplerArgument}: {argument} is no share from 0 to 1";
        }
        if (configuration[Disabled] is { Length: > 0 } disabled && !bool.TryParse(disabled, out _))
        {
            yield return $"{Disabled}: {disabled} is neither true nor false";
        }
    }

    private static bool IsTrue(string? value) => bool.TryParse(value, out var isTrue) && isTrue;

    private static bool IsAddress(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var address)
        && address is { Scheme: "http" or "https", Host.Length: > 0 };

    private static double? TryRatio(string? text) =>
        double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var ratio)
        && ratio is >= 0 and <= 1
            ? ratio
            : null;
}
