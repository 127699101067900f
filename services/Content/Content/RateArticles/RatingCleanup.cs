using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using PortalServices.Content.Storage;

namespace PortalServices.Content.RateArticles;

/// <summary>
/// Every ten minutes: deletes who has rated on a day that is over, with the key that named them, and words that were
/// kept long enough.
/// </summary>
internal sealed class RatingCleanup(
    IServiceScopeFactory scopes,
    SiteList sites,
    IOptions<ContentOptions> options,
    TimeProvider time
) : IPeriodicWork
{
    internal static readonly TimeSpan Beat = TimeSpan.FromMinutes(10);

    public string Name => "deleting raters and words of ratings";

    public async Task<TimeSpan> RunAsync(CancellationToken stopping)
    {
        await using var scope = scopes.CreateAsyncScope();
        var database = scope.ServiceProvider.GetRequiredService<ContentContext>();
        var now = time.GetUtcNow();
        var days = await database.RatingDays.Select(each => new { each.Site, each.Day }).ToListAsync(stopping);
        foreach (var day in days.Where(each => IsOver(each.Site, each.Day, now)))
        {
            await using var transaction = await database.Database.BeginTransactionAsync(stopping);
            // The day first: a rating of its last moment waits for it.
            await database
                .RatingDays.Where(each => each.Site == day.Site && each.Day == day.Day)
                .ExecuteDeleteAsync(stopping);
            await database
                .ArticleRaters.Where(each => each.Site == day.Site && each.Day == day.Day)
                .ExecuteDeleteAsync(stopping);
            await transaction.CommitAsync(stopping);
        }

        var writtenBefore = now.AddDays(-options.Value.KeepRatingWordsDays).ToUnixTimeMilliseconds();
        var old = database.RatingWords.Where(each => each.At < writtenBefore);
        // Most of the time there are none, and nothing is written.
        if (await old.AnyAsync(stopping))
        {
            await old.ExecuteDeleteAsync(stopping);
        }
        return Beat;
    }

    // Of a site that is listed no more: when the day is over everywhere.
    private bool IsOver(string site, int day, DateTimeOffset now) =>
        day
        < (
            sites.TryGet(site, out var known)
                ? ArticleRatings.DayOf(known, now)
                : DateOnly.FromDateTime(now.UtcDateTime).DayNumber - 1
        );
}
