using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;
using PortalServices.Http.Json;
using PortalServices.Http.Requests;
using PortalServices.ServiceDefaults.Hosting;

namespace PortalServices.Sites;

/// <summary>Reads the site file, strictly, and tells all its mistakes at once.</summary>
internal sealed partial class SiteFile
{
    private static readonly JsonSerializerOptions Strict = new(PortalJson.Options)
    {
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        RespectNullableAnnotations = true,
    };
    private const string AnyOrigin = "*";
    private const int MaxCategories = 50,
        MaxCategoryName = 100;

    private static readonly SearchValues<char> NotInNames = SearchValues.Create("&=#?%+ ");
    private readonly List<string> _mistakes = [];
    private readonly HashSet<string> _ids = new(StringComparer.Ordinal);

    public static SiteList Load(string path, string setting = "Sites:File")
    {
        Entries? file;
        try
        {
            using var stream = File.OpenRead(path);
            file = JsonSerializer.Deserialize<Entries>(stream, Strict);
        }
        catch (JsonException broken)
        {
            throw new StartupException($"{setting}: {path}: {broken.Message}");
        }
        catch (Exception missing) when (missing is IOException or UnauthorizedAccessException)
        {
            throw new StartupException($"{setting}: {missing.Message}");
        }

        var reader = new SiteFile();
        var sites = (file?.Sites ?? []).Select(reader.Read).OfType<Site>().ToList();
        if (file?.Sites is not { Count: > 0 })
        {
            reader._mistakes.Add("sites: at least one site is required");
        }
        if (reader._mistakes.Count > 0)
        {
            throw new StartupException($"{setting}: {path}: {string.Join("; ", reader._mistakes)}");
        }
        return new SiteList(sites);
    }

    private Site? Read(Entry? entry, int index)
    {
        var before = _mistakes.Count;
        entry ??= new Entry();
        Check(
            entry.Id is not null && IdPattern().IsMatch(entry.Id),
            "id",
            "1 to 32 of a-z, 0-9 and -, not beginning with -"
        );
        Check(_ids.Add(entry.Id ?? $"#{index}"), "id", $"'{entry.Id}' is used twice");
        Check(
            !string.IsNullOrWhiteSpace(entry.Name) && !entry.Name.Any(char.IsControl),
            "name",
            "required, in one line"
        );
        var allowsAny = entry.Origins.Contains(AnyOrigin, StringComparer.Ordinal);
        Check(
            !allowsAny || entry.Origins.Count == 1,
            "origins",
            $"'{AnyOrigin}' means any origin, and so must be the only entry"
        );
        foreach (var origin in entry.Origins)
        {
            Check(
                origin == AnyOrigin || WebOrigin.TryParse(origin, out _),
                "origins",
                $"'{origin}' is not an origin like https://portal.example (no path, no slash)"
            );
        }
        foreach (var parameter in entry.KeptQueryParameters)
        {
            Check(
                parameter is { Length: > 0 and <= 64 }
                    && !parameter.AsSpan().ContainsAny(NotInNames)
                    && !parameter.Any(char.IsControl),
                "keptQueryParameters",
                $"'{parameter}' is not a parameter name"
            );
        }
        Check(
            entry.KeptQueryParameters.Distinct(StringComparer.OrdinalIgnoreCase).Count()
                == entry.KeptQueryParameters.Count,
            "keptQueryParameters",
            "a name is there twice"
        );
        Check(
            TimeZoneInfo.TryFindSystemTimeZoneById(entry.Zone, out var zone) && zone.HasIanaId,
            "zone",
            $"'{entry.Zone}' is not a known zone like Asia/Ho_Chi_Minh"
        );
        Check(entry.OnlineWindowMinutes is >= 1 and <= 60, "onlineWindowMinutes", "1 to 60");
        Check(entry.Language is RequestLanguage.Vietnamese or RequestLanguage.English, "language", "vi or en");
        Check(entry.ReceiptPage is null || IsPage(entry.ReceiptPage), "receiptPage", "a path or a full address");
        Check(entry.FeedbackCategories.Count <= MaxCategories, "feedbackCategories", $"at most {MaxCategories}");
        foreach (var category in entry.FeedbackCategories)
        {
            Check(
                category?.Id is { } id && IdPattern().IsMatch(id),
                "feedbackCategories",
                $"'{category?.Id}' is not an id: 1 to 32 of a-z, 0-9 and -, not beginning with -"
            );
            Check(
                IsCategoryName(category?.Name) && (category?.NameEn is null || IsCategoryName(category.NameEn)),
                "feedbackCategories",
                $"'{category?.Id}' needs a name of at most {MaxCategoryName} characters, in one line"
            );
        }
        Check(
            entry.FeedbackCategories.DistinctBy(category => category?.Id, StringComparer.Ordinal).Count()
                == entry.FeedbackCategories.Count,
            "feedbackCategories",
            "an id is there twice"
        );
        return _mistakes.Count > before ? null : entry.ToSite(zone!);

        void Check(bool holds, string field, string rule)
        {
            if (!holds)
            {
                _mistakes.Add($"sites[{index}].{field}: {rule}");
            }
        }
    }

    private static bool IsCategoryName(string? name) =>
        !string.IsNullOrWhiteSpace(name) && name.Length <= MaxCategoryName && !name.Any(char.IsControl);

    private static bool IsPage(string page) =>
        !page.Any(char.IsControl) && (WebAddress.IsPath(page) || WebAddress.TryParse(page, out _));

    [GeneratedRegex(@"\A[a-z0-9][a-z0-9-]{0,31}\z", RegexOptions.CultureInvariant)]
    private static partial Regex IdPattern();

    private sealed record Entries
    {
        public List<Entry?>? Sites { get; init; }
    }

    private sealed record Entry
    {
        public string? Id { get; init; }
        public string? Name { get; init; }
        public List<string> Origins { get; init; } = [];
        public string Zone { get; init; } = "Asia/Ho_Chi_Minh";
        public DayOfWeek FirstDayOfWeek { get; init; } = DayOfWeek.Monday;
        public int OnlineWindowMinutes { get; init; } = 5;
        public List<string> KeptQueryParameters { get; init; } = [];
        public string Language { get; init; } = RequestLanguage.Vietnamese;
        public VisitorPrivacy Privacy { get; init; } = VisitorPrivacy.ViewsOnly;
        public string? ReceiptPage { get; init; }
        public List<CategoryEntry?> FeedbackCategories { get; init; } = [];
        public bool PublicStatistics { get; init; }
        public bool LoadTest { get; init; }

        public Site ToSite(TimeZoneInfo zone) =>
            new()
            {
                Id = Id!,
                Name = Name!,
                Origins = [.. Origins.Where(origin => origin != AnyOrigin)],
                AllowsAnyOrigin = Origins.Contains(AnyOrigin, StringComparer.Ordinal),
                Zone = zone,
                FirstDayOfWeek = FirstDayOfWeek,
                OnlineWindowMinutes = OnlineWindowMinutes,
                KeptQueryParameters = KeptQueryParameters,
                Language = Language,
                Privacy = Privacy,
                ReceiptPage = ReceiptPage,
                FeedbackCategories =
                [
                    .. FeedbackCategories.Select(category => new FeedbackCategory(
                        category!.Id!,
                        category.Name!,
                        category.NameEn
                    )),
                ],
                PublicStatistics = PublicStatistics,
                LoadTest = LoadTest,
            };
    }

    private sealed record CategoryEntry
    {
        public string? Id { get; init; }
        public string? Name { get; init; }
        public string? NameEn { get; init; }
    }
}
