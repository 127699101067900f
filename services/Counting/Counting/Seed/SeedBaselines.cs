using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.Extensions.Options;
using PortalServices.Counting.Baselines;
using PortalServices.Counting.Ledger;
using PortalServices.Counting.Model;
using PortalServices.Counting.Store;

namespace PortalServices.Counting.Seed;

/// <summary>
/// Applies the baselines of <c>&lt;Seeds:Directory&gt;/&lt;site&gt;/baselines.json</c> at the instant of their first
/// load; loading them again, on this day or another, changes nothing. A file with a mistake is refused whole, before
/// anything is applied.
/// </summary>
internal sealed partial class SeedBaselines(
    SiteList sites,
    IOptions<SeedsOptions> seeds,
    ViewLedger ledger,
    TimeProvider time,
    ILogger<SeedBaselines> logger
)
{
    /// <exception cref="StartupException">A file cannot be read, or the store cannot take it.</exception>
    public async Task ApplyAsync()
    {
        try
        {
            await ApplyAllAsync();
        }
        catch (Exception e) when (StoreFailure.Is(e))
        {
            throw new StartupException($"The baselines of the seeds could not be applied: {e.Message}");
        }
    }

    private async Task ApplyAllAsync()
    {
        var work = sites
            .All.Select(site => (Site: site, Baselines: Read(site)))
            .Where(pair => pair.Baselines.Count > 0)
            .ToArray();
        foreach (var (site, baselines) in work)
        {
            var now = time.GetUtcNow();
            var buckets = new SiteCalendar(site).Of(now);
            foreach (var baseline in baselines)
            {
                var entry = baseline.Audit("seeds", now, buckets);
                var (outcome, _) = await ledger.WithProcessAsync(
                    site.Id,
                    process =>
                        ledger.AdjustAsync(
                            process,
                            site.Id,
                            entry.ToAdjustment(buckets),
                            undo: false,
                            buckets,
                            entry.ToJson()
                        )
                );
                switch (outcome)
                {
                    case AdjustmentOutcome.Applied:
                        LogApplied(baseline.Id, site.Id, baseline.Total);
                        break;
                    case AdjustmentOutcome.Present or AdjustmentOutcome.Undone:
                        break;
                    case AdjustmentOutcome.Full:
                        throw new StartupException(
                            $"{FileOf(site)}: {baseline.Id} was not applied, the audit of {site.Id} is full ({ViewLedger.MaxAuditEntries} entries)."
                        );
                    default:
                        throw new StartupException(
                            $"{FileOf(site)}: {baseline.Id} was not applied, more than {Adjustment.MaxViews} views would be shown."
                        );
                }
            }
        }
    }

    private List<Baseline> Read(Site site)
    {
        var file = FileOf(site);
        if (!File.Exists(file))
        {
            return [];
        }

        SeedFile? seed;
        try
        {
            seed = JsonSerializer.Deserialize(File.ReadAllBytes(file), SeedJson.Default.SeedFile);
        }
        catch (JsonException e)
        {
            throw new StartupException($"{file}: {e.Message}");
        }

        List<Baseline> baselines = [.. (seed?.Baselines ?? []).Select(entry => Check(site, file, entry))];
        return baselines.DistinctBy(baseline => baseline.Id).Count() == baselines.Count
            ? baselines
            : throw new StartupException($"{file}: two baselines have the same id.");
    }

    private static Baseline Check(Site site, string file, SeedEntry entry)
    {
        string? page = null;
        if (entry.Page is not null && !PageIdentity.TryParse(entry.Page, site, "", out page, out _))
        {
            throw new StartupException($"{file}: {entry.Id}: '{entry.Page}' is not a page.");
        }
        var baseline = new Baseline(entry.Id, page, entry.Total, entry.Week, entry.Today, entry.Reason);
        return baseline.Fault() is { } fault ? throw new StartupException($"{file}: {fault}.") : baseline;
    }

    private string FileOf(Site site) => Path.Combine(seeds.Value.Directory, site.Id, "baselines.json");

    [LoggerMessage(Level = LogLevel.Information, Message = "Baseline {Id} of {Site} was applied: {Total} views.")]
    private partial void LogApplied(string id, string site, long total);
}

internal sealed record SeedFile(IReadOnlyList<SeedEntry>? Baselines);

internal sealed record SeedEntry
{
    public required string Id { get; init; }

    public string? Page { get; init; }

    public required long Total { get; init; }

    public long Week { get; init; }

    public long Today { get; init; }

    public required string Reason { get; init; }
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    ReadCommentHandling = JsonCommentHandling.Skip,
    AllowTrailingCommas = true
)]
[JsonSerializable(typeof(SeedFile))]
internal sealed partial class SeedJson : JsonSerializerContext;
