namespace PortalServices.Content;

/// <summary>Failures of content.</summary>
public static class ContentProblems
{
    /// <summary>No published article has this name in its address, nor had one.</summary>
    public static readonly ProblemCode UnknownArticle = Unknown("unknown_article", "article", "bài viết");

    /// <summary>
    /// A body has too many elements, cells, brackets or the like, or they stand too deep within each other: the detail
    /// names the bound.
    /// </summary>
    public static readonly ProblemCode BodyTooComplex = new(
        "body_too_complex",
        400,
        "The body is too complex.",
        "Nội dung quá phức tạp."
    );

    /// <summary>This version of the article is not kept, or never was.</summary>
    public static readonly ProblemCode UnknownVersion = Unknown("unknown_version", "version", "phiên bản");

    /// <summary>An article cannot have another slug: it has had 100. Older ones of its own can be used again.</summary>
    public static readonly ProblemCode TooManySlugs = new(
        "too_many_slugs",
        409,
        "The article has had too many addresses.",
        "Bài viết đã có quá nhiều địa chỉ."
    );

    /// <summary>There is no such category.</summary>
    public static readonly ProblemCode UnknownCategory = Unknown("unknown_category", "category", "chuyên mục");

    /// <summary>There is no such video.</summary>
    public static readonly ProblemCode UnknownVideo = Unknown("unknown_video", "video", "video");

    /// <summary>There is no lookup table of this name.</summary>
    public static readonly ProblemCode UnknownLookup = Unknown("unknown_lookup", "lookup table", "bảng tra cứu");

    /// <summary>A state is none of <c>draft</c>, <c>scheduled</c>, <c>published</c> and <c>withdrawn</c>.</summary>
    public static readonly ProblemCode InvalidState = new(
        "invalid_state",
        400,
        "The state is one of \"draft\", \"scheduled\", \"published\" and \"withdrawn\".",
        "Trạng thái là một trong \"draft\", \"scheduled\", \"published\" và \"withdrawn\"."
    );

    /// <summary>
    /// An instant of publication cannot be read, has no zone, or lies before 1990 or more than five years ahead.
    /// </summary>
    public static readonly ProblemCode InvalidPublication = new(
        "invalid_publication",
        400,
        "The instant of publication is not valid.",
        "Thời điểm đăng không hợp lệ."
    );

    /// <summary>A category, or a lookup table, has this name already, or still has articles.</summary>
    public static readonly ProblemCode NameTaken = new(
        "name_taken",
        409,
        "This name is in use.",
        "Tên này đang được sử dụng."
    );

    /// <summary>There are no such words with the ratings of this article.</summary>
    public static readonly ProblemCode UnknownWords = Unknown("unknown_words", "text", "nội dung");

    /// <summary>A site has taken 100,000 ratings of different visitors on one day, and takes no more of others.</summary>
    public static readonly ProblemCode RatingsFull = new(
        "ratings_full",
        503,
        "No more ratings can be taken today.",
        "Hôm nay không thể tiếp nhận thêm đánh giá."
    );

    private static ProblemCode Unknown(string code, string what, string whatInVietnamese) =>
        new(code, 404, $"There is no such {what}.", $"Không có {whatInVietnamese} này.");
}
