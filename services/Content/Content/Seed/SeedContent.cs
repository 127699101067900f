using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using PortalServices.Content.Articles;
using PortalServices.Content.Lookups;
using PortalServices.Content.Storage;
using PortalServices.Content.Videos;
using PortalServices.Database;

namespace PortalServices.Content.Seed;

/// <summary>
/// Loads what a fresh portal begins with. What was loaded once is never loaded again, whatever the day and whatever
/// became of it; a file with a mistake is refused whole. Each site is one commit.
/// </summary>
internal sealed partial class SeedContent(
    IServiceScopeFactory scopes,
    DatabaseMigrator<ContentContext> tables,
    SiteList sites,
    IOptions<SeedsOptions> seeds,
    TimeProvider time,
    ILogger<SeedContent> logger
)
{
    private const string By = "seeds";
    private const int MaxTries = 5;

    /// <exception cref="StartupException">A file cannot be read.</exception>
    public async Task LoadAsync(CancellationToken cancel)
    {
        var work = sites
            .All.Select(site => (site.Id, Seed: Read(site.Id)))
            .Where(each => each.Seed is not null)
            .ToArray();
        await tables.MigrateAsync(cancel);
        foreach (var (site, seed) in work)
        {
            for (var attempt = 1; ; attempt++)
            {
                try
                {
                    var added = await LoadAsync(site, seed!, cancel);
                    if (added > 0)
                    {
                        LogLoaded(added, site);
                    }
                    break;
                }
                catch (DbUpdateException e) when (attempt < MaxTries && UniqueViolation.Is(e))
                {
                    // Another process loads them at the same time: what it has loaded is there now.
                }
            }
        }
    }

    private async Task<int> LoadAsync(string site, ContentSeed seed, CancellationToken cancel)
    {
        await using var scope = scopes.CreateAsyncScope();
        var database = scope.ServiceProvider.GetRequiredService<ContentContext>();
        var editing = scope.ServiceProvider.GetRequiredService<ArticleEditor>();
        var lookups = scope.ServiceProvider.GetRequiredService<LookupEditor>();
        foreach (var category in seed.Categories)
        {
            if (!await database.Categories.AnyAsync(each => each.Site == site && each.Slug == category.Slug, cancel))
            {
                database.Add(
                    new Category
                    {
                        Site = site,
                        Slug = category.Slug,
                        Name = category.Name,
                        Order = category.Order,
                    }
                );
            }
        }

        foreach (var article in seed.Articles)
        {
            await AddAsync(database, editing, site, article, cancel);
        }
        foreach (var video in seed.Videos)
        {
            await AddAsync(database, site, video, cancel);
        }
        foreach (var lookup in seed.Lookups)
        {
            await AddAsync(database, lookups, site, lookup, cancel);
        }
        return await database.SaveChangesAsync(cancel);
    }

    private async Task AddAsync(
        ContentContext database,
        ArticleEditor editing,
        string site,
        ArticleSeed seed,
        CancellationToken cancel
    )
    {
        var id = IdOf(site, seed.Id);
        if (await database.Articles.AnyAsync(article => article.Id == id, cancel))
        {
            return;
        }
        var input = new ArticleInput(
            seed.Title,
            Text(site, seed.Body),
            ArticleFormat.Markdown,
            seed.Summary,
            seed.Author,
            seed.Category,
            seed.CoverImage,
            seed.CoverAlt
        );
        var article = await editing.AddAsync(site, id, input, By, cancel);
        article.PublishedAt = seed.PublishedAt.ToUnixTimeMilliseconds();
        article.State = seed.PublishedAt > time.GetUtcNow() ? ArticleState.Scheduled : ArticleState.Published;
        if (article.State == ArticleState.Published)
        {
            await editing.AnnounceAsync(article, cancel);
        }
        editing.AddVersion(article, ArticleChange.Created);
    }

    private static async Task AddAsync(ContentContext database, string site, VideoSeed seed, CancellationToken cancel)
    {
        var id = IdOf(site, seed.Id);
        if (await database.Videos.AnyAsync(video => video.Id == id, cancel))
        {
            return;
        }
        database.Add(
            new Video
            {
                Id = id,
                Site = site,
                Title = seed.Title,
                Summary = seed.Summary ?? "",
                Url = seed.Url,
                Thumbnail = seed.Thumbnail,
                DurationSeconds = seed.DurationSeconds,
                PublishedAt = seed.PublishedAt.ToUnixTimeMilliseconds(),
                Version = 1,
            }
        );
    }

    private static async Task AddAsync(
        ContentContext database,
        LookupEditor editing,
        string site,
        LookupSeed seed,
        CancellationToken cancel
    )
    {
        if (await database.LookupTables.AnyAsync(table => table.Site == site && table.Slug == seed.Slug, cancel))
        {
            return;
        }
        var table = new LookupTable
        {
            Id = IdOf(site, "lookup/" + seed.Slug),
            Site = site,
            Slug = seed.Slug,
            Title = seed.Title,
            Summary = seed.Summary ?? "",
            Columns = JsonSerializer.Serialize(seed.Columns, PortalJson.Options),
            Version = 1,
        };
        database.Add(table);
        editing.AddRows(table, seed.Rows, place => IdOf(site, $"lookup/{seed.Slug}/{place}"));
    }

    private ContentSeed? Read(string site)
    {
        var file = Path.Combine(seeds.Value.Directory, site, "content.json");
        if (!File.Exists(file))
        {
            return null;
        }
        ContentSeed? seed;
        try
        {
            seed = JsonSerializer.Deserialize<ContentSeed>(File.ReadAllBytes(file), PortalJson.Options);
        }
        catch (JsonException e)
        {
            throw new StartupException($"{file}: {e.Message}");
        }

        foreach (var article in seed?.Articles ?? [])
        {
            if (!File.Exists(Path.Combine(seeds.Value.Directory, site, article.Body)))
            {
                throw new StartupException($"{file}: {article.Id}: there is no file {article.Body}.");
            }
            if (article.Category is { } category && !seed!.Categories.Any(each => each.Slug == category))
            {
                throw new StartupException($"{file}: {article.Id}: there is no category {category}.");
            }
        }

        foreach (var lookup in seed?.Lookups ?? [])
        {
            if (
                lookup.Columns.Count is 0 or > LookupTable.MaxColumns
                || lookup.Rows.Any(row => row.Count != lookup.Columns.Count)
            )
            {
                throw new StartupException(
                    $"{file}: {lookup.Slug}: each row has as many cells as there are columns, 1 to {LookupTable.MaxColumns}."
                );
            }
        }

        return seed;
    }

    private string Text(string site, string file) => File.ReadAllText(Path.Combine(seeds.Value.Directory, site, file));

    /// <summary>
    /// The same id wherever and whenever a seed is loaded: a UUID of version 8 (RFC 9562, section 5.8) from a hash of
    /// its name.
    /// </summary>
    private static Guid IdOf(string site, string name)
    {
        var bytes = SHA256.HashData(Encoding.UTF8.GetBytes($"{site}/{name}")).AsSpan(0, 16);
        bytes[6] = (byte)((bytes[6] & 0x0F) | 0x80);
        bytes[8] = (byte)((bytes[8] & 0x3F) | 0x80);
        return new Guid(bytes, bigEndian: true);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "{Count} rows of seeds were loaded for {Site}.")]
    private partial void LogLoaded(int count, string site);
}
