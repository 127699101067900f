using System.Diagnostics;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;
using Microsoft.Extensions.Time.Testing;

namespace PortalServices.ServiceDefaults.Tests.Hosting;

public sealed class LogFormatTests
{
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero));

    [Fact]
    public void Text_is_one_line_with_its_trace()
    {
        using var request = new Activity("request").Start();
        Assert.Equal(
            "2026-01-02T03:04:05.000Z warn: Some.Category The store is away: \"x\" System.IO.IOException: two lines "
                + $"trace {request.TraceId.ToHexString()}\n",
            Written(new TextLogFormat(_time), new IOException("two\nlines"))
        );
    }

    [Fact]
    public void Without_a_trace_nothing_is_said_of_one()
    {
        Activity.Current = null;
        Assert.DoesNotContain("trace", Written(new TextLogFormat(_time), null), StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("trace", Written(new JsonLogFormat(_time), null), StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public void Json_is_one_line_with_its_trace_and_the_values_in_the_message()
    {
        using var request = new Activity("request").Start();
        var line = Written(new JsonLogFormat(_time), new IOException("two\nlines"));
        Assert.Equal(1, line.Count(letter => letter == '\n'));
        var json = JsonDocument.Parse(line).RootElement;
        Assert.Equal(
            (
                "2026-01-02T03:04:05.000Z",
                "Warning",
                "Some.Category",
                "The store is away: \"x\"",
                "System.IO.IOException: two\nlines"
            ),
            (Text("time"), Text("level"), Text("category"), Text("message"), Text("exception"))
        );
        Assert.Equal((request.TraceId.ToHexString(), request.SpanId.ToHexString()), (Text("traceId"), Text("spanId")));
        Assert.Equal("""{"Reason":"\"x\""}""", json.GetProperty("fields").GetRawText());

        string? Text(string name) => json.GetProperty(name).GetString();
    }

    private static string Written(ConsoleFormatter format, Exception? exception)
    {
        using var writer = new StringWriter { NewLine = "\n" };
        IReadOnlyList<KeyValuePair<string, object?>> state =
        [
            new("Reason", "\"x\""),
            new("{OriginalFormat}", "The store is away: {Reason}"),
        ];
        format.Write(
            new LogEntry<IReadOnlyList<KeyValuePair<string, object?>>>(
                LogLevel.Warning,
                "Some.Category",
                new EventId(7),
                state,
                exception,
                (_, _) => "The store is away: \"x\""
            ),
            null,
            writer
        );
        return writer.ToString();
    }
}
