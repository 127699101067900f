using Microsoft.EntityFrameworkCore;
using PortalServices.VietnameseText;

namespace PortalServices.Feedback.ReadPublished;

/// <summary>
/// The titles of what was published, held for a minute: a search for each letter that somebody types costs the database
/// nothing but the few rows that are shown. Memory is bounded by the sites that are held and the titles of each.
/// </summary>
internal sealed class PublishedTitles(TimeProvider time)
{
    internal const int MaxSites = 16,
        MaxTitles = 1_000;
    internal static readonly TimeSpan HeldFor = TimeSpan.FromMinutes(1);

    private readonly Lock _lock = new();
    private readonly Dictionary<string, (TitleSet Titles, DateTimeOffset ReadAt)> _sites = new(StringComparer.Ordinal);

    /// <summary>Those of a site.</summary>
    public async ValueTask<TitleSet> OfAsync(string site, FeedbackContext database, CancellationToken cancel)
    {
        var now = time.GetUtcNow();
        lock (_lock)
        {
            if (
                _sites.TryGetValue(site, out var held)
                && now - held.ReadAt is var age
                && age < HeldFor
                && age >= TimeSpan.Zero
            )
            {
                return held.Titles;
            }
        }
        var rows = await database
            .Entries.AsNoTracking()
            .Where(entry => entry.Site == site && entry.Status == FeedbackStatus.Published)
            .OrderByDescending(entry => entry.PublishedAt)
            .ThenByDescending(entry => entry.Id)
            .Take(MaxTitles)
            .Select(entry => new { entry.Id, entry.PublicTitle })
            .ToListAsync(cancel);
        var titles = new TitleSet(rows.Select(row => (row.Id, row.PublicTitle ?? "")));
        lock (_lock)
        {
            _sites[site] = (titles, now);
            if (_sites.Count > MaxSites)
            {
                _sites.Remove(_sites.MinBy(each => each.Value.ReadAt).Key);
            }
        }
        return titles;
    }
}

/// <summary>Titles, and which of them are like another.</summary>
internal sealed class TitleSet
{
    /// <summary>How many are found.</summary>
    public const int MaxFound = 5;

    // Of the weight of the words that were typed.
    private const double LeastLikeness = 0.3;

    private readonly List<(Guid Id, HashSet<string> Words)> _titles;
    private readonly Dictionary<string, int> _titlesWith = new(StringComparer.Ordinal);

    /// <param name="titles">The latest first.</param>
    public TitleSet(IEnumerable<(Guid Id, string Title)> titles)
    {
        _titles = [.. titles.Select(each => (each.Id, WordsOf(each.Title)))];
        foreach (var word in _titles.SelectMany(each => each.Words))
        {
            _titlesWith[word] = _titlesWith.GetValueOrDefault(word) + 1;
        }
    }

    /// <summary>
    /// The most alike: by their common words, of which a rare one weighs more. A single word of several is not enough.
    /// </summary>
    public IReadOnlyList<Guid> Like(string title)
    {
        var words = WordsOf(title);
        var whole = words.Sum(WeightOf);
        var least = Math.Min(2, words.Count);
        var alike =
            from each in _titles
            let common = words.Where(each.Words.Contains).ToList()
            where common.Count > 0 && common.Count >= least
            let likeness = common.Sum(WeightOf) / whole
            where likeness >= LeastLikeness
            // Of those that are equally alike the latest comes first.
            orderby likeness descending
            select each.Id;
        return [.. alike.Take(MaxFound)];
    }

    private double WeightOf(string word) =>
        Math.Log(1 + ((double)(_titles.Count + 1) / Math.Max(1, _titlesWith.GetValueOrDefault(word))));

    private static HashSet<string> WordsOf(string text) => [.. SearchText.Of(text).FoldedTokens];
}
