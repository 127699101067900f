using System.Diagnostics.Metrics;
using System.Reflection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace PortalServices.ServiceDefaults.Telemetry;

/// <summary>
/// Traces, metrics and logs by OpenTelemetry. Metrics are at <c>/metrics</c> of the probe door, in the format of
/// Prometheus; everything is sent by OTLP where its standard variables name an endpoint. Without one no trace is
/// recorded.
/// </summary>
internal static class TelemetrySetup
{
    public const string MetricsPath = "/metrics";

    private const string OfTheProduct = "PortalServices.";

    // The caps on series for each metric, whatever labels it has: what is beyond goes into one series,
    // otel_metric_overflow.
    private const int MaxSeries = 1_000;

    // Of libraries: what is looked at, and by which labels. Everything else of their meters is left out, above all what
    // is recorded for each request and says what another one says, too.
    private static readonly Dictionary<string, string[]> OfLibraries = new(StringComparer.Ordinal)
    {
        ["http.server.request.duration"] = ["http.route", "http.response.status_code"],
        ["http.client.request.duration"] = ["server.address", "server.port", "http.response.status_code", "error.type"],
        ["kestrel.connection.duration"] = [],
        ["kestrel.rejected_connections"] = [],
        ["aspnetcore.diagnostics.exceptions"] = ["aspnetcore.diagnostics.exception.result"],
        ["db.client.operation.duration"] = [],
        ["db.client.operation.failed"] = [],
        ["db.client.connection.count"] = ["db.client.connection.state"],
        ["db.client.connection.max"] = [],
        ["db.client.connection.pending_requests"] = [],
        ["db.client.connection.timeouts"] = [],
        ["messaging.masstransit.consume.errors"] = ["messaging.masstransit.consumer_type"],
        ["messaging.masstransit.consume.duration"] = ["messaging.masstransit.consumer_type"],
        ["messaging.masstransit.delivery.duration"] = ["messaging.masstransit.consumer_type"],
    };

    private static readonly string[] Meters =
    [
        "Microsoft.AspNetCore.Hosting",
        "Microsoft.AspNetCore.Server.Kestrel",
        "Microsoft.AspNetCore.Diagnostics",
        "System.Net.Http",
        "Npgsql",
        "MassTransit",
    ];

    private const string OfTheRuntime = "System.Runtime";

    public static WebApplicationBuilder AddTelemetry(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.TryAddSingleton(provider => new OtlpSettings(provider.GetRequiredService<IConfiguration>()));
        services.AddSingleton<IStartupCheck>(provider => provider.GetRequiredService<OtlpSettings>());
        var settings = new OtlpSettings(builder.Configuration);
        if (settings.FindMistakes().Any() || settings.IsOff)
        {
            return builder;
        }

        var telemetry = services
            .AddOpenTelemetry()
            .ConfigureResource(resource =>
                resource.AddService(
                    Assembly.GetEntryAssembly()?.GetName().Name ?? "PortalServices",
                    serviceVersion: Assembly.GetEntryAssembly()?.GetName().Version?.ToString(3)
                )
            );
        telemetry.WithMetrics(metrics => Describe(metrics, settings));
        if (settings.Sends(OtlpSettings.Traces))
        {
            telemetry.WithTracing(traces => Describe(traces, settings));
        }
        if (settings.Sends(OtlpSettings.Logs))
        {
            telemetry.WithLogging(
                logs => logs.AddOtlpExporter(exporter => settings.ApplyTo(exporter, OtlpSettings.Logs)),
                logs => (logs.IncludeFormattedMessage, logs.IncludeScopes) = (true, false)
            );
        }
        services.AddHostedService<CountersAtZero>();
        services.AddMetersOf(typeof(DoorCertificate));
        services.AddHostedService<ExportTroubles>();
        services.AddHostedService<LastExport>();
        return builder;
    }

    /// <summary>Whether a meter is the product's own.</summary>
    public static bool IsOwn(Meter meter) => meter.Name.StartsWith(OfTheProduct, StringComparison.Ordinal);

    /// <summary>The metrics, at the probe door alone.</summary>
    public static void UseMetricsPage(this WebApplication app)
    {
        if (app.Services.GetService<MeterProvider>() is not null)
        {
            app.UseOpenTelemetryPrometheusScrapingEndpoint(context =>
                context.Door() is Door.Probe && context.Request.Path == MetricsPath
            );
        }
    }

    private static void Describe(MeterProviderBuilder metrics, OtlpSettings settings)
    {
        metrics
            .AddMeter($"{OfTheProduct}*")
            .AddMeter(Meters)
            .AddRuntimeInstrumentation()
            .AddView(StreamOf)
            .AddPrometheusExporter(page => page.ScopeInfoEnabled = false);
        if (settings.Sends(OtlpSettings.Metrics))
        {
            metrics.AddOtlpExporter(exporter => settings.ApplyTo(exporter, OtlpSettings.Metrics));
        }
    }

    // Labels that are not declared are not exported: that bounds the series of every metric.
    private static MetricStreamConfiguration? StreamOf(Instrument instrument)
    {
        var meter = instrument.Meter.Name;
        if (meter == OfTheRuntime)
        {
            return new MetricStreamConfiguration { CardinalityLimit = MaxSeries };
        }
        if (IsOwn(instrument.Meter))
        {
            return new MetricStreamConfiguration
            {
                TagKeys = [.. MetricLabels.Of(instrument).Select(label => label.Name)],
                CardinalityLimit = MaxSeries,
            };
        }
        return OfLibraries.TryGetValue(instrument.Name, out var labels)
            ? new MetricStreamConfiguration { TagKeys = labels, CardinalityLimit = MaxSeries }
            : MetricStreamConfiguration.Drop;
    }

    private static void Describe(TracerProviderBuilder traces, OtlpSettings settings) =>
        traces
            .AddSource($"{OfTheProduct}*")
            .AddSource("Microsoft.AspNetCore", "System.Net.Http", "Yarp.ReverseProxy", "Npgsql", "MassTransit")
            .SetSampler(provider => ActivatorUtilities.CreateInstance<TraceSampler>(provider))
            .AddOtlpExporter(exporter => settings.ApplyTo(exporter, OtlpSettings.Traces));
}
