using System.Text.Json;

namespace PortalServices.UpgradeFixtures;

/// <summary>
/// What a version of the product left behind, and what it replied before. The data lie beside it in the same archive.
/// </summary>
public sealed record Fixture
{
    private const string FileName = "fixture.json";

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    /// <summary>The way in which it ran.</summary>
    public required FixtureShape Shape { get; init; }

    /// <summary>When the last reply was recorded.</summary>
    public required DateTimeOffset RecordedAt { get; init; }

    /// <summary>The site that was in use.</summary>
    public required string Site { get; init; }

    /// <summary>A key of scope <c>admin</c>; of Standalone, the one that it made at its first start.</summary>
    public required string OperatorKey { get; init; }

    /// <summary>The secret of counting, where it is no file among the data.</summary>
    public string? VisitorSecret { get; init; }

    /// <summary>What it replied to every GET.</summary>
    public required IReadOnlyList<RecordedRead> Reads { get; init; }

    /// <summary>What can be gone on with.</summary>
    public required Unfinished Unfinished { get; init; }

    /// <summary>Reads the one that was unpacked into a folder.</summary>
    public static Fixture Read(string folder) =>
        JsonSerializer.Deserialize<Fixture>(File.ReadAllText(Path.Combine(folder, FileName)), Json)!;

    /// <summary>Writes it into a folder.</summary>
    public void Write(string folder) =>
        File.WriteAllText(Path.Combine(folder, FileName), JsonSerializer.Serialize(this, Json));
}

/// <summary>The ways to run a portal.</summary>
public enum FixtureShape
{
    /// <summary>Everything in one process.</summary>
    Standalone,

    /// <summary>The gateway and each service as a process, with Redis, PostgreSQL and RabbitMQ.</summary>
    Services,
}

/// <summary>A reply to a GET.</summary>
/// <param name="Operators">Whether it was asked for at the operators' door, with the key.</param>
/// <param name="Path">Path and query.</param>
/// <param name="Status">The status code.</param>
/// <param name="MediaType">The media type, without parameters.</param>
/// <param name="Location">Where it leads to, if anywhere.</param>
/// <param name="Body">The body as text.</param>
public sealed record RecordedRead(
    bool Operators,
    string Path,
    int Status,
    string? MediaType,
    string? Location,
    string Body
);

/// <summary>Things that were begun before, by their ids.</summary>
public sealed record Unfinished
{
    /// <summary>Views that were counted in the last minutes, with the ids that they were sent with.</summary>
    public required IReadOnlyList<SentView> Views { get; init; }

    /// <summary>A correction that is in force.</summary>
    public required SentCorrection Correction { get; init; }

    /// <summary>A baseline that was applied, as it was sent.</summary>
    public required string Baseline { get; init; }

    /// <summary>A published article.</summary>
    public required string Article { get; init; }

    /// <summary>A draft.</summary>
    public required string Draft { get; init; }

    /// <summary>Feedback that nobody has answered.</summary>
    public required string Feedback { get; init; }

    /// <summary>Feedback as it was sent, with its key and its receipt.</summary>
    public required SentFeedback Sent { get; init; }

    /// <summary>A captcha that nobody has answered.</summary>
    public required string Captcha { get; init; }

    /// <summary>
    /// Slugs of published articles that counting has not heard of yet: their events wait in an outbox, or in a queue.
    /// </summary>
    public required IReadOnlyList<string> UnannouncedArticles { get; init; }

    /// <summary>The slug of the article whose views wait in a queue; null without queues.</summary>
    public string? AwaitedArticle { get; init; }
}

/// <summary>A view and its id.</summary>
public sealed record SentView(string Page, string Id);

/// <summary>A correction, its page, and by how much it changes that.</summary>
public sealed record SentCorrection(string Id, string Page, long Change);

/// <summary>The body of feedback, without its captcha.</summary>
public sealed record SentFeedback(string Key, string Body, string Receipt);
