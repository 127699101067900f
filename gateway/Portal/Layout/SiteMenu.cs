using PortalServices.Portal.Rendering;

namespace PortalServices.Portal.Layout;

/// <summary>The main sections.</summary>
internal static class SiteMenu
{
    public static IReadOnlyList<(string Address, string Name)> Of(Texts text) =>
        [
            ("/", text["Trang chủ", "Home"]),
            ("/tin-tuc", text["Tin tức", "News"]),
            ("/tra-cuu", text["Tra cứu", "Look up"]),
            ("/video", "Video"),
            ("/hoi-dap", text["Hỏi đáp", "Questions and answers"]),
            ("/gop-y", text["Gửi ý kiến", "Send feedback"]),
            ("/theo-doi", text["Theo dõi ý kiến", "Follow feedback"]),
        ];
}
