using System.Text.Json;

namespace PortalServices.LoadTests.Reports;

/// <summary>Reports on disk.</summary>
internal static class ReportFiles
{
    /// <summary>Writes the files that were asked for.</summary>
    public static void Write(RunReport report, string? json, string? html)
    {
        if (json is not null)
        {
            Write(json, JsonSerializer.Serialize(report, RunReport.Json) + "\n");
        }
        if (html is not null)
        {
            Write(html, HtmlReport.Of(report));
        }
    }

    /// <summary>Reads the JSON of a run.</summary>
    /// <exception cref="ToolException">It is none, or of another version.</exception>
    public static RunReport Read(string path)
    {
        try
        {
            using var file = File.OpenRead(path);
            using var document = JsonDocument.Parse(file);
            if (
                document.RootElement.ValueKind != JsonValueKind.Object
                || !document.RootElement.TryGetProperty("version", out var version)
                || version.ValueKind != JsonValueKind.Number
            )
            {
                throw new ToolException(ErrorCode.ReportUnreadable, $"{path} is no report of a run.");
            }
            if (version.GetDouble() is not RunReport.CurrentVersion)
            {
                throw new ToolException(
                    ErrorCode.ReportUnreadable,
                    $"{path} is of version {version}; this tool reads {RunReport.CurrentVersion}."
                );
            }
            return document.Deserialize<RunReport>(RunReport.Json)
                ?? throw new ToolException(ErrorCode.ReportUnreadable, $"{path} is no report of a run.");
        }
        catch (Exception failure) when (failure is JsonException or IOException or UnauthorizedAccessException)
        {
            throw new ToolException(ErrorCode.ReportUnreadable, $"{path}: {failure.Message}");
        }
    }

    /// <summary>Writes one file.</summary>
    public static void Write(string path, string text)
    {
        try
        {
            File.WriteAllText(path, text);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new ToolException(ErrorCode.ReportUnwritable, $"{path}: {failure.Message}");
        }
    }
}
