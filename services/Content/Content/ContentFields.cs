using PortalServices.ApiDocuments;
using PortalServices.Content.Articles;

namespace PortalServices.Content;

/// <summary>What the fields of content must be, beyond being text.</summary>
internal static class ContentFields
{
    public const string SlugPattern = "^[a-z0-9]+(-[a-z0-9]+)*$";

    /// <summary>A name in an address, as the API document describes it.</summary>
    public static ApiField SlugOf(string name, string description, string example) =>
        new(name, description, ApiValue.Text(example, 1, VietnameseText.Slug.MaxLength, SlugPattern));

    /// <summary>What an editor sent, when it is without mistakes; or what is wrong with it.</summary>
    public static async Task<(T? Input, IResult? Problem)> ReadAsync<T>(
        HttpContext context,
        int maxBytes,
        Func<T, IResult?> problemOf
    )
        where T : class
    {
        var (input, problem) = await JsonBody.ReadAsync<T>(context.Request, maxBytes);
        problem ??= problemOf(input!);
        return problem is null ? (input, null) : (null, problem);
    }

    /// <summary>The address of what was made.</summary>
    public static ApiField LocationOf(string collection) =>
        ApiFields.Location(
            "Where it is.",
            $"/api/operator/sites/sonla/{collection}/0190d5f2-5c1e-7a33-b1d2-6f0c8e9a4b57"
        );

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
