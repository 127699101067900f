using System.Buffers;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;

namespace PortalServices.ServiceDefaults.Hosting;

/// <summary>One line of text for each entry: time, level, category, message, exception, trace. For people.</summary>
internal sealed class TextLogFormat(TimeProvider time) : ConsoleFormatter(FormatName)
{
    public const string FormatName = "text";

    public const string TimeFormat = "yyyy-MM-dd'T'HH:mm:ss.fff'Z'";

    public override void Write<TState>(
        in LogEntry<TState> logEntry,
        IExternalScopeProvider? scopeProvider,
        TextWriter textWriter
    )
    {
        var line = new StringBuilder()
            .Append(time.GetUtcNow().ToString(TimeFormat, CultureInfo.InvariantCulture))
            .Append(CultureInfo.InvariantCulture, $" {LevelOf(logEntry.LogLevel)}: {logEntry.Category} ")
            .Append(logEntry.Formatter(logEntry.State, logEntry.Exception));
        if (logEntry.Exception is { } exception)
        {
            line.Append(' ').Append(exception);
        }
        if (Activity.Current is { } activity)
        {
            line.Append(" trace ").Append(activity.TraceId.ToHexString());
        }
        textWriter.WriteLine(line.ToString().ReplaceLineEndings(" "));
    }

    private static string LevelOf(LogLevel level) =>
        level switch
        {
            LogLevel.Trace => "trce",
            LogLevel.Debug => "dbug",
            LogLevel.Information => "info",
            LogLevel.Warning => "warn",
            LogLevel.Error => "fail",
            _ => "crit",
        };
}

/// <summary>One object of JSON for each entry, on a line of its own. For programs.</summary>
internal sealed class JsonLogFormat(TimeProvider time) : ConsoleFormatter(FormatName)
{
    public const string FormatName = "jsonLines";

    // What is read by programs and, in a pinch, by people: no markup is made of it.
    private static readonly JsonWriterOptions Readable = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public override void Write<TState>(
        in LogEntry<TState> logEntry,
        IExternalScopeProvider? scopeProvider,
        TextWriter textWriter
    )
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        using (var json = new Utf8JsonWriter(buffer, Readable))
        {
            json.WriteStartObject();
            json.WriteString("time", time.GetUtcNow().ToString(TextLogFormat.TimeFormat, CultureInfo.InvariantCulture));
            json.WriteString("level", logEntry.LogLevel.ToString());
            json.WriteString("category", logEntry.Category);
            json.WriteString("message", logEntry.Formatter(logEntry.State, logEntry.Exception));
            if (logEntry.Exception is { } exception)
            {
                json.WriteString("exception", exception.ToString());
            }
            if (Activity.Current is { } activity)
            {
                json.WriteString("traceId", activity.TraceId.ToHexString());
                json.WriteString("spanId", activity.SpanId.ToHexString());
            }
            WriteFields(json, logEntry.State as IReadOnlyList<KeyValuePair<string, object?>>);
            json.WriteEndObject();
        }
        textWriter.WriteLine(Encoding.UTF8.GetString(buffer.WrittenSpan));
    }

    private static void WriteFields(Utf8JsonWriter json, IReadOnlyList<KeyValuePair<string, object?>>? fields)
    {
        // The last is the text of the message with its places.
        if (fields is not { Count: > 1 })
        {
            return;
        }
        json.WriteStartObject("fields");
        foreach (var (name, value) in fields.SkipLast(1))
        {
            json.WriteString(name, Convert.ToString(value, CultureInfo.InvariantCulture));
        }
        json.WriteEndObject();
    }
}
