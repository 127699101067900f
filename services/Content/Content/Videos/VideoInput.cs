using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using PortalServices.ApiDocuments;
using PortalServices.Content.Articles;

namespace PortalServices.Content.Videos;

/// <summary>What an editor sends: a video as it is to be.</summary>
/// <param name="Title">One line of plain text.</param>
/// <param name="Url">Where it plays: an http or https address.</param>
/// <param name="Summary">Plain text.</param>
/// <param name="Thumbnail">Address of a still picture: http, https, or a path that begins with <c>/</c>; left out for
/// none.</param>
/// <param name="DurationSeconds">Up to a day; 0 where it is not known.</param>
/// <param name="PublishedAt">An instant with its zone, from 1990 until five years ahead, before which visitors do not
/// see it; left out for the present one, or for now.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record VideoInput(
    [Required, PlainText(Article.MaxTitle), Example("Hội nghị tổng kết")] string? Title = null,
    [Required, MaxLength(Article.MaxAddress), Example("https://video.example/42.mp4")] string? Url = null,
    [PlainText(Article.MaxSummary, SeveralLines = true), Example("Tóm tắt.")] string? Summary = null,
    [MaxLength(Article.MaxAddress), Example("/anh/42.jpg")] string? Thumbnail = null,
    [WholeNumber(0, Video.MaxDuration), Example(95)] int DurationSeconds = 0,
    [DataType(DataType.DateTime), Example("2026-11-25T08:00:00+07:00")] string? PublishedAt = null
)
{
    /// <summary>What is wrong, field by field; null when nothing is.</summary>
    public IResult? Problem(HttpContext context, DateTimeOffset now)
    {
        var mistakes = new FieldErrors(context);
        mistakes.Check(this);
        if (Url is null || Url.StartsWith('/') || !ArticleText.IsAddress(Url))
        {
            mistakes.Add("url", "An http or https address.", "Địa chỉ http hoặc https.");
        }
        mistakes.Address("thumbnail", Thumbnail);
        if (PublishedAt is not null && !PublicationInstant.TryRead(PublishedAt, now, out _))
        {
            mistakes.Add(
                "publishedAt",
                "An instant with its zone, from 1990 until five years ahead.",
                "Thời điểm kèm múi giờ, từ năm 1990 đến tối đa năm năm sau hiện tại."
            );
        }

        return mistakes.Problem();
    }

    /// <summary>Makes a video what was sent, which must be without mistakes.</summary>
    public void Apply(Video video, DateTimeOffset now)
    {
        video.Title = Title!.Trim().Normalize();
        video.Summary = Summary?.Trim().Normalize() ?? "";
        video.Url = Url!;
        video.Thumbnail = Thumbnail;
        video.DurationSeconds = DurationSeconds;
        if (PublishedAt is not null && PublicationInstant.TryRead(PublishedAt, now, out var at))
        {
            video.PublishedAt = at;
        }
        video.Version++;
    }
}
