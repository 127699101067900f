using PortalServices.Content.Articles;
using PortalServices.ServiceDefaults;

namespace PortalServices.Content;

/// <summary>What the fields of content must be, beyond being text.</summary>
internal static class ContentFields
{
    /// <summary>An address for a page, or nothing.</summary>
    public static void Address(this FieldErrors mistakes, string field, string? address, bool required = false)
    {
        if (address is null ? required : !ArticleText.IsAddress(address))
        {
            mistakes.Add(
                field,
                "An http or https address, or a path that begins with \"/\".",
                "Địa chỉ http hoặc https, hoặc đường dẫn bắt đầu bằng \"/\"."
            );
        }
    }

    /// <summary>A name for an address.</summary>
    public static void Slug(this FieldErrors mistakes, string slug)
    {
        if (!VietnameseText.Slug.IsValid(slug))
        {
            mistakes.Add(
                "slug",
                "Letters a to z, digits and single hyphens.",
                "Chỉ gồm chữ a đến z, chữ số và dấu gạch nối đơn."
            );
        }
    }
}
