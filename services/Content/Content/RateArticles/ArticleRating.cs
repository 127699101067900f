namespace PortalServices.Content.RateArticles;

/// <summary>How many readers found an article helpful, and how many did not. Kept for ever, and nobody is in it.</summary>
internal sealed class ArticleRating
{
    public required Guid ArticleId { get; init; }

    public required string Site { get; init; }

    public long Helpful { get; set; }

    public long NotHelpful { get; set; }
}

/// <summary>What somebody wrote with a rating; for operators.</summary>
internal sealed class RatingWords
{
    /// <summary>Characters of one, as it is stored.</summary>
    public const int MaxText = 500;

    /// <summary>How many are stored of one article.</summary>
    public const int MaxOfArticle = 1_000;

    /// <summary>Grows with time (UUID version 7, RFC 9562).</summary>
    public required Guid Id { get; init; }

    public required Guid ArticleId { get; init; }

    /// <summary>Milliseconds since 1970 UTC.</summary>
    public required long At { get; set; }

    public required bool Helpful { get; set; }

    public required string Text { get; set; }
}

/// <summary>
/// A day of a site on which articles were rated. It is deleted with its key when it is over: what the key named can be
/// recognised no more.
/// </summary>
internal sealed class RatingDay
{
    /// <summary>How many ratings of different visitors a site takes on a day.</summary>
    public const int MaxRaters = 100_000;

    public required string Site { get; init; }

    /// <summary>By the site's clock: <see cref="DateOnly.DayNumber"/>.</summary>
    public required int Day { get; init; }

    /// <summary>Random; visitors are named by it.</summary>
    public required byte[] Key { get; init; }

    /// <summary>How many rows of <see cref="ArticleRater"/> the day has.</summary>
    public int Raters { get; set; }
}

/// <summary>Somebody who has rated an article on a day, so that a second rating takes the place of the first.</summary>
internal sealed class ArticleRater
{
    public required string Site { get; init; }

    public required int Day { get; init; }

    /// <summary>Of visitor and article, by <see cref="RatingDay.Key"/>: 32 hexadecimal digits.</summary>
    public required string Visitor { get; init; }

    public required bool Helpful { get; set; }

    /// <summary>What they wrote; null for nothing.</summary>
    public Guid? WordsId { get; set; }
}
