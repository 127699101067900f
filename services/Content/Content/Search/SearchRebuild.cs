using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using PortalServices.Content.Storage;
using PortalServices.Database;
using PortalServices.ServiceDefaults;

namespace PortalServices.Content.Search;

/// <summary>
/// Makes the words anew that an older version has made, or that a category's other name has made old, while the product serves. Several replicas may do so at
/// once: whoever is first has done it.
/// </summary>
internal sealed partial class SearchRebuild(
    IServiceScopeFactory scopes, DatabaseAtStart<ContentContext> start, TimeProvider time, ILogger<SearchRebuild> logger) : BackgroundService
{
    // Articles may be long.
    const int MaxAtOnce = 20;
    static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(10);

    bool _isFailing, _isIncomplete;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await start.Done.WaitAsync(stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await RebuildAsync(stoppingToken);
                _isFailing = false;
            }
#pragma warning disable CA1031 // Whatever it was, it is tried again.
            catch (Exception failure) when (!stoppingToken.IsCancellationRequested)
#pragma warning restore CA1031
            {
                if (!_isFailing)
                    LogFails(failure);
                _isFailing = true;
            }
            catch (OperationCanceledException)
            {
                return;
            }

            await Task.Delay(LookEvery, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Makes all of them anew, but for those that it fails with.</summary>
    public async Task RebuildAsync(CancellationToken cancel)
    {
        var last = new OldDocument(0, "", Guid.Empty, int.MinValue);
        Exception? failure = null;
        int read;
        do
        {
            await using var scope = scopes.CreateAsyncScope();
            var database = scope.ServiceProvider.GetRequiredService<ContentContext>();
            var old = await database.SearchDocuments
                .Where(each => each.TextVersion < SearchIndex.TextVersion && (each.TextVersion > last.TextVersion || (each.TextVersion == last.TextVersion && each.Id > last.Id)))
                .OrderBy(each => each.TextVersion).ThenBy(each => each.Id)
                .Take(MaxAtOnce).Select(each => new OldDocument(each.Id, each.Scope, each.Subject, each.TextVersion)).ToListAsync(cancel);
            read = old.Count;
            var made = 0;
            foreach (var document in old)
            {
                last = document;
                try
                {
                    await RebuildAsync(database, document, cancel);
                    made++;
                }
#pragma warning disable CA1031 // What is wrong with one holds none of the others up.
                catch (Exception e) when (!DatabaseFailure.Is(e) && !cancel.IsCancellationRequested)
#pragma warning restore CA1031
                {
                    failure ??= e;
                }
            }

            if (made > 0)
                LogRebuilt(made);
        }
        while (read == MaxAtOnce);

        // It is tried again with the next look.
        if (failure is not null && !_isIncomplete)
            LogIncomplete(failure);
        _isIncomplete = failure is not null;
    }

    static async Task RebuildAsync(ContentContext database, OldDocument document, CancellationToken cancel)
    {
        var text = document.Scope == SearchIndex.Articles ? await OfArticleAsync(database, document.Subject, cancel) : await OfRowAsync(database, document.Subject, cancel);
        if (text is null)
            await database.SearchDocuments.Where(each => each.Id == document.Id && each.TextVersion == document.TextVersion).ExecuteDeleteAsync(cancel);
        else
            await PutAsync(database, document.Id, document.TextVersion, text, cancel);
    }

    // Not over what was changed meanwhile: an editor has saved it with the present version, another name of its category has made it older still.
    static Task<int> PutAsync(ContentContext database, long id, int version, SearchedText text, CancellationToken cancel)
    {
        var made = SearchIndex.DocumentOf("", "", Guid.Empty, text);
        return database.SearchDocuments.Where(each => each.Id == id && each.TextVersion == version).ExecuteUpdateAsync(
            set => set.SetProperty(each => each.TitleExact, made.TitleExact).SetProperty(each => each.TitleFolded, made.TitleFolded)
                .SetProperty(each => each.TextExact, made.TextExact).SetProperty(each => each.TextFolded, made.TextFolded)
                .SetProperty(each => each.Plain, made.Plain).SetProperty(each => each.TextVersion, made.TextVersion),
            cancel);
    }

    static async Task<SearchedText?> OfArticleAsync(ContentContext database, Guid id, CancellationToken cancel) =>
        await database.Articles.AsNoTracking().FirstOrDefaultAsync(article => article.Id == id, cancel) is { } article
            ? await SearchedArticle.OfAsync(database, article, cancel)
            : null;

    static async Task<SearchedText?> OfRowAsync(ContentContext database, Guid id, CancellationToken cancel) =>
        await database.LookupRows.Where(row => row.Id == id).Select(row => row.Cells).FirstOrDefaultAsync(cancel) is { } cells
            ? SearchedRow.Of(JsonSerializer.Deserialize<string[]>(cells, PortalJson.Options)!)
            : null;

    [LoggerMessage(Level = LogLevel.Information, Message = "{Count} texts were made ready for search anew")]
    partial void LogRebuilt(int count);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The search text of an older version waits: it cannot be made anew at the moment")]
    partial void LogFails(Exception failure);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Some texts cannot be made ready for search anew; they are found as the older version has left them")]
    partial void LogIncomplete(Exception failure);

    sealed record OldDocument(long Id, string Scope, Guid Subject, int TextVersion);
}
