using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using PortalServices.ApiDocuments;

namespace PortalServices.Feedback.Submit;

/// <summary>The heading that feedback is under.</summary>
/// <param name="Category">The id of one of the site's headings; left out for none.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record CategoryInput([MaxLength(FeedbackEntry.MaxCategory), Example("hoc-phi")] string? Category = null)
{
    /// <summary>Says so when it is none of the site's.</summary>
    public static void Check(FieldErrors mistakes, string? category, Site site)
    {
        if (category is not null && !site.FeedbackCategories.Any(each => each.Id == category))
        {
            mistakes.Add("category", "One of the site's categories.", "Một trong các lĩnh vực của trang.");
        }
    }
}
