using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using PortalServices.Content.Articles;
using PortalServices.Content.Lookups;
using PortalServices.Content.Search;
using PortalServices.Content.Storage;
using PortalServices.Database;

namespace PortalServices.Content.RebuildSearch;

/// <summary>
/// Makes the words anew that an older version has made, or that a category's other name has made old, while the product
/// serves. Several replicas may do so at once: whoever is first has done it.
/// </summary>
internal sealed partial class SearchRebuild(IServiceScopeFactory scopes, ILogger<SearchRebuild> logger) : IPeriodicWork
{
    // Articles may be long.
    private const int MaxAtOnce = 20;
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(10);
    private static readonly OldDocument First = new(0, "", Guid.Empty, int.MinValue);

    private OldDocument _last = First;
    private Exception? _failure;
    private bool _isIncomplete;

    public string Name => "making texts ready for search";

    /// <summary>
    /// Makes some of them anew, one after the other from the oldest version on; those that it fails with are left for
    /// the next pass.
    /// </summary>
    public async Task<TimeSpan> RunAsync(CancellationToken stopping)
    {
        await using var scope = scopes.CreateAsyncScope();
        var database = scope.ServiceProvider.GetRequiredService<ContentContext>();
        var (version, id) = (_last.TextVersion, _last.Id);
        var old = await database
            .SearchDocuments.Where(each =>
                each.TextVersion < SearchIndex.TextVersion
                && (each.TextVersion > version || (each.TextVersion == version && each.Id > id))
            )
            .OrderBy(each => each.TextVersion)
            .ThenBy(each => each.Id)
            .Take(MaxAtOnce)
            .Select(each => new OldDocument(each.Id, each.Scope, each.Subject, each.TextVersion))
            .ToListAsync(stopping);
        var made = 0;
        foreach (var document in old)
        {
            try
            {
                await RebuildAsync(database, document, stopping);
                made++;
            }
#pragma warning disable CA1031 // What is wrong with one holds none of the others up; it is tried again in the next pass.
            catch (Exception e) when (!DatabaseFailure.Is(e) && !stopping.IsCancellationRequested)
#pragma warning restore CA1031
            {
                _failure ??= e;
            }

            _last = document;
        }

        if (made > 0)
        {
            LogRebuilt(made);
        }
        if (old.Count == MaxAtOnce)
        {
            return TimeSpan.Zero;
        }
        if (_failure is not null && !_isIncomplete)
        {
            LogIncomplete(_failure);
        }
        _isIncomplete = _failure is not null;
        (_last, _failure) = (First, null);
        return LookEvery;
    }

    private static async Task RebuildAsync(ContentContext database, OldDocument document, CancellationToken cancel)
    {
        var text =
            document.Scope == SearchIndex.Articles
                ? await OfArticleAsync(database, document.Subject, cancel)
                : await OfRowAsync(database, document.Subject, cancel);
        // Not what was changed meanwhile: an editor has saved it with the present version, another name of its category
        // has made it older still.
        var unchanged = database.SearchDocuments.Where(each =>
            each.Id == document.Id && each.TextVersion == document.TextVersion
        );
        if (text is null)
        {
            await unchanged.ExecuteDeleteAsync(cancel);
            return;
        }
        var made = SearchIndex.DocumentOf("", "", Guid.Empty, text);
        await unchanged.ExecuteUpdateAsync(
            set =>
                set.SetProperty(each => each.TitleExact, made.TitleExact)
                    .SetProperty(each => each.TitleFolded, made.TitleFolded)
                    .SetProperty(each => each.TextExact, made.TextExact)
                    .SetProperty(each => each.TextFolded, made.TextFolded)
                    .SetProperty(each => each.Plain, made.Plain)
                    .SetProperty(each => each.TextVersion, made.TextVersion),
            cancel
        );
    }

    private static async Task<SearchedText?> OfArticleAsync(
        ContentContext database,
        Guid id,
        CancellationToken cancel
    ) =>
        await database.Articles.AsNoTracking().FirstOrDefaultAsync(article => article.Id == id, cancel) is { } article
            ? await SearchedArticle.OfAsync(database, article, cancel)
            : null;

    private static async Task<SearchedText?> OfRowAsync(ContentContext database, Guid id, CancellationToken cancel) =>
        await database.LookupRows.Where(row => row.Id == id).Select(row => row.Cells).FirstOrDefaultAsync(cancel)
            is { } cells
            ? LookupRow.SearchedText(JsonSerializer.Deserialize<string[]>(cells, PortalJson.Options)!)
            : null;

    [LoggerMessage(Level = LogLevel.Information, Message = "{Count} texts were made ready for search anew")]
    private partial void LogRebuilt(int count);

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "Some texts cannot be made ready for search anew; they are found as the older version has left them"
    )]
    private partial void LogIncomplete(Exception failure);

    private sealed record OldDocument(long Id, string Scope, Guid Subject, int TextVersion);
}
