using System.Text.Json;
using System.Text.Json.Serialization;

namespace PortalServices.LoadTests.History;

/// <summary>The first line of a history: what all other lines refer to.</summary>
/// <param name="Run">The run.</param>
/// <param name="Started">The instant that the other lines count from.</param>
/// <param name="Targets">The targets; a line names one by its index.</param>
/// <param name="Sites">The sites; an id names one by its index.</param>
internal sealed record HistoryHeader(
    string Run,
    DateTimeOffset Started,
    IReadOnlyList<Uri> Targets,
    IReadOnlyList<string> Sites
)
{
    /// <summary>What a history begins with; the number is that of the format.</summary>
    public const string Magic = "portal-load-history 1 ";

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Skip,
    };

    public override string ToString() => Magic + JsonSerializer.Serialize(this, Json);

    /// <summary>Reads the first line.</summary>
    /// <exception cref="ToolException">It is none.</exception>
    public static HistoryHeader Parse(string line, string file)
    {
        if (line.StartsWith(Magic, StringComparison.Ordinal))
        {
            try
            {
                var header = JsonSerializer.Deserialize<HistoryHeader>(line.AsSpan(Magic.Length), Json);
                if (header is { Run.Length: ViewId.RunLength, Targets.Count: > 0, Sites.Count: > 0 })
                {
                    return header;
                }
            }
            catch (JsonException)
            {
                // As below.
            }
        }
        throw new ToolException(
            ErrorCode.HistoryUnreadable,
            $"{file} does not begin with the line of a history ({Magic.TrimEnd()} …)."
        );
    }
}
