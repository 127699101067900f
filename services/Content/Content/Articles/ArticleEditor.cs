using Microsoft.EntityFrameworkCore;
using PortalServices.Content.Bodies;
using PortalServices.Content.Search;
using PortalServices.Content.Storage;
using PortalServices.Contracts;
using PortalServices.Database;
using PortalServices.Messaging.Outbox;
using PortalServices.VietnameseText;

namespace PortalServices.Content.Articles;

/// <summary>
/// Changes of articles. Each is one commit with its slugs, its words for the search and the event that tells of it, and
/// moves the version on by one.
/// </summary>
internal sealed class ArticleEditor(ContentContext database, ArticleSlugs slugs, TimeProvider time)
{
    private const int MaxTries = 10;

    private long Now => time.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>Writes a new article, as a draft, under a slug that nobody in the site has or had.</summary>
    public async Task<Article> CreateAsync(string site, ArticleInput input, string by, CancellationToken cancel)
    {
        for (var attempt = 1; ; attempt++)
        {
            var article = await AddAsync(site, Guid.CreateVersion7(time.GetUtcNow()), input, by, cancel, attempt);
            if (await TrySaveAsync(article, ArticleChange.Created, attempt, cancel))
            {
                return article;
            }
        }
    }

    /// <summary>Adds a new article, as a draft, to what is saved next.</summary>
    public async Task<Article> AddAsync(
        string site,
        Guid id,
        ArticleInput input,
        string by,
        CancellationToken cancel,
        int attempt = 1
    )
    {
        var html = ArticleText.ToHtml(input.Format, input.Body!);
        var now = Now;
        var article = new Article
        {
            Id = id,
            Site = site,
            Slug = await slugs.FindFreeAsync(site, input.Slug ?? Slug.Of(input.Title!), null, attempt, cancel),
            Title = input.Title!,
            Body = input.Body!,
            Html = html,
            CreatedAt = now,
            Version = 1,
        };
        Apply(article, input, html, by, now);
        database.Add(article);
        database.Add(
            new ArticleSlug
            {
                Site = site,
                Slug = article.Slug,
                ArticleId = article.Id,
            }
        );
        await PutWordsAsync(article, cancel);
        return article;
    }

    /// <summary>
    /// Changes an article that was read in this context, and its date for readers where one is given. An older slug
    /// keeps leading to it.
    /// </summary>
    /// <returns>As it is stored.</returns>
    /// <exception cref="DbUpdateConcurrencyException">Somebody else has changed it since.</exception>
    /// <exception cref="TooManySlugsException">It has had as many slugs as an article can.</exception>
    public async Task<Article> ChangeAsync(
        Article article,
        ArticleInput input,
        long? publishedAt,
        ArticleChange change,
        string by,
        CancellationToken cancel
    )
    {
        // Made before anything of the article is changed, so that a second try begins like the first.
        var html = HtmlOf(article, input);
        var version = article.Version;
        for (var attempt = 1; ; attempt++)
        {
            if (input.Slug is { } wanted && wanted != article.Slug)
            {
                await slugs.MoveAsync(
                    article,
                    await slugs.FindFreeAsync(article.Site, wanted, article.Id, attempt, cancel),
                    cancel
                );
            }
            Apply(article, input, html, by, Now);
            article.PublishedAt = publishedAt ?? article.PublishedAt;
            article.Version = version + 1;
            await PutWordsAsync(article, cancel);
            if (article.State == ArticleState.Published)
            {
                await AnnounceAsync(article, cancel);
            }
            if (await TrySaveAsync(article, change, attempt, cancel))
            {
                return article;
            }
            article = await database.Articles.FirstAsync(each => each.Id == article.Id, cancel);
            if (article.Version != version)
            {
                throw new DbUpdateConcurrencyException();
            }
        }
    }

    /// <summary>
    /// Publishes an article with this date for its readers, or with the present one; in the future, it waits for it.
    /// </summary>
    /// <exception cref="DbUpdateConcurrencyException">Somebody else has changed it since.</exception>
    public Task PublishAsync(Article article, long? at, string by, CancellationToken cancel)
    {
        var now = Now;
        article.PublishedAt = at ?? now;
        (article.ChangedAt, article.ChangedBy) = (now, by);
        return at > now
            ? MoveAsync(article, ArticleState.Scheduled, ArticleChange.Scheduled, isAnnounced: false, cancel)
            : PublishDueAsync(article, cancel);
    }

    /// <summary>
    /// Takes an article back: one that was ever public is withdrawn, a scheduled one that was not is a draft again.
    /// </summary>
    /// <exception cref="DbUpdateConcurrencyException">Somebody else has changed it since.</exception>
    public async Task WithdrawAsync(Article article, string by, CancellationToken cancel)
    {
        var wasPublished = article.State == ArticleState.Published;
        var wasPublic =
            wasPublished
            || await database.Slugs.AnyAsync(slug => slug.ArticleId == article.Id && slug.WasPublic, cancel);
        (article.ChangedAt, article.ChangedBy) = (Now, by);
        await MoveAsync(
            article,
            wasPublic ? ArticleState.Withdrawn : ArticleState.Draft,
            ArticleChange.Withdrawn,
            isAnnounced: wasPublished,
            cancel
        );
    }

    /// <summary>
    /// Deletes an article with its versions. Slugs under which readers could find it, or that have views, are retired:
    /// no other article gets them, nor the views.
    /// </summary>
    /// <exception cref="DbUpdateConcurrencyException">Somebody else has changed it since.</exception>
    public async Task DeleteAsync(Article article, CancellationToken cancel)
    {
        await using var transaction = await database.Database.BeginTransactionAsync(cancel);
        // The slugs first: they give the site another revision before the total of the views is touched, as it is where
        // views are shown.
        await slugs.ReleaseAsync(article, cancel);
        database.SearchDocuments.RemoveRange(
            await database.SearchDocuments.Where(document => document.Subject == article.Id).ToListAsync(cancel)
        );
        database.Remove(article);
        await database.SaveChangesAsync(cancel);
        await transaction.CommitAsync(cancel);
    }

    /// <summary>Publishes an article whose time has come.</summary>
    /// <exception cref="DbUpdateConcurrencyException">Somebody else has changed it since.</exception>
    public Task PublishDueAsync(Article article, CancellationToken cancel) =>
        MoveAsync(article, ArticleState.Published, ArticleChange.Published, isAnnounced: true, cancel);

    private async Task MoveAsync(
        Article article,
        ArticleState state,
        ArticleChange change,
        bool isAnnounced,
        CancellationToken cancel
    )
    {
        article.State = state;
        article.Version++;
        if (isAnnounced)
        {
            await AnnounceAsync(article, cancel);
        }
        try
        {
            await SaveAsync(article, change, cancel);
        }
        catch (DbUpdateException e) when (UniqueViolation.Is(e))
        {
            // Nothing but the version can be there already: somebody else has made it.
            throw new DbUpdateConcurrencyException(e.Message, e);
        }
    }

    private static void Apply(Article article, ArticleInput input, string html, string by, long now)
    {
        article.Title = input.Title!.Trim().Normalize();
        article.Summary = input.Summary?.Trim().Normalize() ?? "";
        article.Author = input.Author?.Trim().Normalize() ?? "";
        article.Category = input.Category;
        article.CoverImage = input.CoverImage;
        article.CoverAlt = input.CoverAlt?.Trim().Normalize();
        article.Format = input.Format;
        article.Body = input.Body!;
        article.Html = html;
        (article.ChangedAt, article.ChangedBy) = (now, by);
    }

    // What was taken before there were bounds, or by wider ones, does not keep an editor from changing the rest of the
    // article.
    private static string HtmlOf(Article article, ArticleInput input)
    {
        try
        {
            return ArticleText.ToHtml(input.Format, input.Body!);
        }
        catch (TextTooComplexException) when (input.Format == article.Format && input.Body == article.Body)
        {
            return article.Html;
        }
    }

    /// <summary>Brings the words of an article up to date, with the changes that are saved next.</summary>
    private async Task PutWordsAsync(Article article, CancellationToken cancel)
    {
        var text = await SearchedArticle.OfAsync(database, article, cancel);
        if (
            await database.SearchDocuments.FirstOrDefaultAsync(each => each.Subject == article.Id, cancel) is
            { } document
        )
        {
            SearchIndex.Apply(document, text);
        }
        else
        {
            database.Add(SearchIndex.DocumentOf(article.Site, SearchIndex.Articles, article.Id, text));
        }
    }

    /// <summary>
    /// Publishes the event of what becomes of an article, with the changes that are saved next; the slug of a published
    /// one is public from then on.
    /// </summary>
    public async Task AnnounceAsync(Article article, CancellationToken cancel)
    {
        var all = await database.Slugs.Where(each => each.ArticleId == article.Id).ToListAsync(cancel);
        var previous = ArticlePath.PreviousOf(article.Slug, all.Select(each => each.Slug));
        var published = new ArticlePublished
        {
            Site = article.Site,
            Article = article.Id,
            Slug = article.Slug,
            Path = ArticlePath.Of(article.Slug),
            PreviousPaths = previous,
            Title = article.Title,
            Version = article.Version,
        };
        if (article.State != ArticleState.Published)
        {
            database.Publish(ArticleWithdrawn.Of(published));
            return;
        }
        // One that is new is not in the database yet.
        var present =
            all.Find(each => each.Slug == article.Slug)
            ?? database.Slugs.Local.First(each => each.ArticleId == article.Id && each.Slug == article.Slug);
        present.WasPublic = true;
        database.Publish(published);
    }

    /// <summary>Saves a change with the version that it makes.</summary>
    private async Task SaveAsync(Article article, ArticleChange change, CancellationToken cancel)
    {
        AddVersion(article, change);
        await using var transaction = await database.Database.BeginTransactionAsync(cancel);
        var isMoved =
            database.Entry(article) is { State: EntityState.Modified } entry
            && entry.Property(each => each.ListedAt).IsModified;
        await database.SaveChangesAsync(cancel);
        // After the article, which gives its site another revision: in the same order as where views are shown.
        if (isMoved)
        {
            await database
                .ArticleViews.Where(each => each.ArticleId == article.Id)
                .ExecuteUpdateAsync(set => set.SetProperty(each => each.ListedAt, article.ListedAt), cancel);
        }
        var oldest = article.Version - ArticleVersion.MaxPerArticle + 1;
        if (oldest > 1)
        {
            await database
                .ArticleVersions.Where(each => each.ArticleId == article.Id && each.Version < oldest)
                .ExecuteDeleteAsync(cancel);
        }
        await transaction.CommitAsync(cancel);
    }

    /// <summary>Keeps an article as a version, with the changes that are saved next.</summary>
    public void AddVersion(Article article, ArticleChange change)
    {
        var version = new ArticleVersion
        {
            ArticleId = article.Id,
            Version = article.Version,
            Change = change,
            Slug = article.Slug,
            Title = article.Title,
            Body = article.Body,
        };
        // The rest of what both have.
        database.Add(version).CurrentValues.SetValues(article);
        version.ChangedAt = Now;
        if (change is ArticleChange.Created)
        {
            database.Add(
                new ArticleViews
                {
                    Site = article.Site,
                    ArticleId = article.Id,
                    ListedAt = article.ListedAt,
                }
            );
        }
    }

    /// <summary>
    /// Saves; false when somebody took the slug in the same moment, and everything is to be done again.
    /// </summary>
    private async Task<bool> TrySaveAsync(Article article, ArticleChange change, int attempt, CancellationToken cancel)
    {
        try
        {
            await SaveAsync(article, change, cancel);
            return true;
        }
        catch (DbUpdateException e)
            when (e is not DbUpdateConcurrencyException && attempt < MaxTries && UniqueViolation.Is(e))
        {
            database.ChangeTracker.Clear();
            return false;
        }
    }
}
