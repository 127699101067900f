using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http;
using PortalServices.Content.Articles;
using PortalServices.ServiceDefaults;

namespace PortalServices.Content.Videos;

/// <summary>What an editor sends: a video as it is to be.</summary>
/// <param name="Title">1 to 300 characters.</param>
/// <param name="Url">Where it plays: an http or https address.</param>
/// <param name="Summary">Up to 1,000 characters.</param>
/// <param name="Thumbnail">http, https or a path; null for none.</param>
/// <param name="DurationSeconds">Up to a day; 0 where it is not known.</param>
/// <param name="PublishedAt">An instant with its zone, before which visitors do not see it; null for the present one,
/// or for now.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record VideoInput(
    string? Title = null,
    string? Url = null,
    string? Summary = null,
    string? Thumbnail = null,
    int DurationSeconds = 0,
    string? PublishedAt = null
)
{
    /// <summary>What is wrong, field by field; null when nothing is.</summary>
    public IResult? Problem(HttpContext context, DateTimeOffset now)
    {
        var mistakes = new FieldErrors(context);
        mistakes.Text("title", Title, Article.MaxTitle, required: true);
        mistakes.Text("summary", Summary, Article.MaxSummary, severalLines: true);
        if (Url is null || Url.StartsWith('/') || !ArticleText.IsAddress(Url))
        {
            mistakes.Add("url", "An http or https address.", "Địa chỉ http hoặc https.");
        }
        mistakes.Address("thumbnail", Thumbnail);
        if (DurationSeconds is < 0 or > Video.MaxDuration)
        {
            mistakes.Add("durationSeconds", "From 0 to a day.", "Từ 0 đến một ngày.");
        }
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
