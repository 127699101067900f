using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using PortalServices.ApiDocuments;

namespace PortalServices.Content.RateArticles;

/// <summary>What a reader thinks of an article.</summary>
/// <param name="Helpful">Whether it was helpful.</param>
/// <param name="Words">What is missing, or what was good: plain text, for operators only.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record RatingInput(
    [Required, Example(true)] bool? Helpful = null,
    [PlainText(RatingWords.MaxText, SeveralLines = true), Example("Thiếu mẫu đơn.")] string? Words = null
)
{
    /// <summary>The largest body: the longest words with every letter and mark written as <c>\u</c> and four digits.</summary>
    public const int MaxBytes = 16 * 1024;

    /// <summary>What is wrong, field by field; null when nothing is.</summary>
    public IResult? Problem(HttpContext context)
    {
        var mistakes = new FieldErrors(context);
        mistakes.Check(this);
        if (Helpful is null)
        {
            mistakes.Add("helpful", "Required: true or false.", "Bắt buộc: true hoặc false.");
        }
        return mistakes.Problem();
    }

    /// <summary>The words as they are stored; null for none.</summary>
    public string? StoredWords() => Words?.Trim().Normalize() is { Length: > 0 } words ? words : null;
}
