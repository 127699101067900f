using Microsoft.Extensions.Configuration;
using PortalServices.ServiceDefaults.Telemetry;

namespace PortalServices.ServiceDefaults.Tests.Telemetry;

public sealed class OtlpSettingsTests
{
    private const string Endpoint = "OTEL_EXPORTER_OTLP_ENDPOINT=http://collector:4317";

    [Theory]
    [InlineData("", "")]
    [InlineData("TRACES METRICS LOGS", Endpoint)]
    [InlineData("TRACES", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT=http://collector:4318/v1/traces")]
    [InlineData("TRACES LOGS", Endpoint, "OTEL_METRICS_EXPORTER=none")]
    [InlineData("", Endpoint, "OTEL_SDK_DISABLED=true")]
    [InlineData("", "OTEL_EXPORTER_OTLP_ENDPOINT=")]
    public void A_signal_is_sent_where_an_endpoint_is_named(string sent, params string[] variables) =>
        Assert.Equal(sent, string.Join(' ', new[] { "TRACES", "METRICS", "LOGS" }.Where(Settings(variables).Sends)));

    [Theory]
    [InlineData(0.001, true)]
    [InlineData(0.5, true, "OTEL_TRACES_SAMPLER_ARG=0.5")]
    [InlineData(1, false, "OTEL_TRACES_SAMPLER=always_on")]
    [InlineData(0, false, "OTEL_TRACES_SAMPLER=always_off")]
    [InlineData(0, true, "OTEL_TRACES_SAMPLER=parentbased_always_off")]
    [InlineData(1, true, "OTEL_TRACES_SAMPLER=parentbased_always_on")]
    [InlineData(0.25, true, "OTEL_TRACES_SAMPLER=parentbased_traceidratio", "OTEL_TRACES_SAMPLER_ARG=0.25")]
    [InlineData(0.25, false, "OTEL_TRACES_SAMPLER=traceidratio", "OTEL_TRACES_SAMPLER_ARG=0.25")]
    public void The_share_is_that_of_the_standard_variables(
        double ratio,
        bool followsParent,
        params string[] variables
    ) => Assert.Equal((ratio, followsParent), Settings(variables).Sampling);

    [Theory]
    [InlineData("OTEL_EXPORTER_OTLP_ENDPOINT=collector:4317")]
    [InlineData("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT=ftp://collector")]
    [InlineData("OTEL_EXPORTER_OTLP_PROTOCOL=http/json")]
    [InlineData("OTEL_EXPORTER_OTLP_LOGS_PROTOCOL=protobuf")]
    [InlineData("OTEL_EXPORTER_OTLP_TIMEOUT=soon")]
    [InlineData("OTEL_EXPORTER_OTLP_METRICS_TIMEOUT=0")]
    [InlineData("OTEL_TRACES_EXPORTER=zipkin")]
    [InlineData("OTEL_TRACES_SAMPLER=jaeger_remote")]
    [InlineData("OTEL_TRACES_SAMPLER_ARG=2")]
    [InlineData("OTEL_TRACES_SAMPLER_ARG=-0.1")]
    [InlineData("OTEL_SDK_DISABLED=yes")]
    public void What_the_SDK_would_pass_over_is_named(string variable)
    {
        var mistake = Assert.Single(Settings(variable).FindMistakes());
        Assert.StartsWith(variable.Split('=')[0] + ": ", mistake, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Endpoint)]
    [InlineData("OTEL_EXPORTER_OTLP_ENDPOINT=")]
    [InlineData("OTEL_EXPORTER_OTLP_PROTOCOL=grpc")]
    [InlineData("OTEL_EXPORTER_OTLP_TIMEOUT=10000")]
    [InlineData("OTEL_TRACES_SAMPLER_ARG=1")]
    [InlineData("OTEL_LOGS_EXPORTER=otlp")]
    [InlineData("OTEL_SERVICE_NAME=portal")]
    public void What_is_right_is_taken(string variable) => Assert.Empty(Settings(variable).FindMistakes());

    private static OtlpSettings Settings(params string[] variables) =>
        new(
            new ConfigurationBuilder()
                .AddInMemoryCollection(
                    variables
                        .Where(variable => variable.Length > 0)
                        .Select(variable => variable.Split('=', 2))
                        .Select(pair => KeyValuePair.Create(pair[0], (string?)pair[1]))
                )
                .Build()
        );
}
