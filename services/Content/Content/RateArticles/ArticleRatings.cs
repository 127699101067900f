using System.Net;
using System.Security.Cryptography;
using System.Text;
using Microsoft.EntityFrameworkCore;
using PortalServices.Content.Storage;

namespace PortalServices.Content.RateArticles;

/// <summary>
/// Takes ratings: one of a visitor, an article and a day; a later one takes the place of the earlier. A visitor is an
/// address and a user agent, named by a keyed hash whose key is deleted with the day.
/// </summary>
internal sealed class ArticleRatings(ContentContext database, TimeProvider time)
{
    /// <summary>Takes a rating; null when the site takes no more today.</summary>
    public async Task<RatingReply?> RateAsync(
        Site site,
        Guid article,
        RatingInput input,
        HttpContext context,
        CancellationToken cancel
    )
    {
        var (now, helpful) = (time.GetUtcNow(), input.Helpful == true);
        await using var transaction = await database.Database.BeginTransactionAsync(cancel);
        var day = await OpenAsync(site.Id, DayOf(site, now), cancel);
        var visitor = NameOf(day.Key, article, context);
        var rater = await database.ArticleRaters.FirstOrDefaultAsync(
            each => each.Site == day.Site && each.Day == day.Day && each.Visitor == visitor,
            cancel
        );
        var before = rater?.Helpful;
        if (rater is null)
        {
            if (day.Raters >= RatingDay.MaxRaters)
            {
                return null;
            }
            day.Raters++;
            rater = new ArticleRater
            {
                Site = day.Site,
                Day = day.Day,
                Visitor = visitor,
                Helpful = helpful,
            };
            database.Add(rater);
        }
        rater.Helpful = helpful;
        await CountAsync(site.Id, article, before, helpful, cancel);
        var areKept = await WriteAsync(rater, article, input.StoredWords(), now, cancel);
        await database.SaveChangesAsync(cancel);
        await transaction.CommitAsync(cancel);
        return new RatingReply(helpful, areKept, before is not null);
    }

    /// <summary>The number of the day of a site.</summary>
    public static int DayOf(Site site, DateTimeOffset now) =>
        DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(now, site.Zone).DateTime).DayNumber;

    // Of two ratings of a day the second waits here for the first.
    private async Task<RatingDay> OpenAsync(string site, int day, CancellationToken cancel)
    {
        var key = RandomNumberGenerator.GetBytes(HMACSHA256.HashSizeInBytes);
        await database.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO "RatingDays" ("Site", "Day", "Key", "Raters") VALUES ({site}, {day}, {key}, 0)
            ON CONFLICT ("Site", "Day") DO UPDATE SET "Raters" = "RatingDays"."Raters"
            """,
            cancel
        );
        return await database.RatingDays.SingleAsync(each => each.Site == site && each.Day == day, cancel);
    }

    private Task<int> CountAsync(string site, Guid article, bool? before, bool helpful, CancellationToken cancel)
    {
        var (more, less) = (Change(true), Change(false));
        return database.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO "ArticleRatings" ("ArticleId", "Site", "Helpful", "NotHelpful") VALUES ({article}, {site}, {more}, {less})
            ON CONFLICT ("ArticleId") DO UPDATE SET "Helpful" = "ArticleRatings"."Helpful" + excluded."Helpful",
              "NotHelpful" = "ArticleRatings"."NotHelpful" + excluded."NotHelpful"
            """,
            cancel
        );

        long Change(bool of) => (helpful == of ? 1 : 0) - (before == of ? 1 : 0);
    }

    /// <summary>Whether there are words of this rating afterwards: those that were sent, or those from before.</summary>
    private async Task<bool> WriteAsync(
        ArticleRater rater,
        Guid article,
        string? text,
        DateTimeOffset now,
        CancellationToken cancel
    )
    {
        var words = rater.WordsId is { } id
            ? await database.RatingWords.FirstOrDefaultAsync(each => each.Id == id, cancel)
            : null;
        if (words is not null)
        {
            words.Helpful = rater.Helpful;
            (words.Text, words.At) = text is null ? (words.Text, words.At) : (text, now.ToUnixTimeMilliseconds());
            return true;
        }
        if (
            text is null
            || await database.RatingWords.CountAsync(each => each.ArticleId == article, cancel)
                >= RatingWords.MaxOfArticle
        )
        {
            return false;
        }
        words = new RatingWords
        {
            Id = Guid.CreateVersion7(now),
            ArticleId = article,
            At = now.ToUnixTimeMilliseconds(),
            Helpful = rater.Helpful,
            Text = text,
        };
        database.Add(words);
        rater.WordsId = words.Id;
        return true;
    }

    // With the article in it, nobody sees which articles one visitor has rated. Of IPv6 the first 64 bits, since a
    // browser changes the others at will.
    private static string NameOf(byte[] key, Guid article, HttpContext context)
    {
        var address = context.Connection.RemoteIpAddress ?? IPAddress.None;
        var network = (address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address).GetAddressBytes().AsSpan();
        network = network.Length == 16 ? network[..8] : network;
        using var hash = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, key);
        hash.AppendData(article.ToByteArray());
        // The length parts address and user agent.
        hash.AppendData([(byte)network.Length, .. network]);
        hash.AppendData(Encoding.UTF8.GetBytes(context.Request.Headers.UserAgent.ToString()));
        return Convert.ToHexStringLower(hash.GetHashAndReset().AsSpan(0, 16));
    }
}

/// <summary>A rating that was taken.</summary>
/// <param name="Helpful">As it was sent.</param>
/// <param name="WordsKept">Whether words are stored with it: those that were sent, or earlier ones of the same visitor
/// and day. Of an article with 1,000 of them no more are.</param>
/// <param name="Replaced">Whether it took the place of an earlier one of the same visitor and day.</param>
internal sealed record RatingReply(bool Helpful, bool WordsKept, bool Replaced);
