using PortalServices.Portal.Scripts;

namespace PortalServices.Portal.Layout;

/// <summary>
/// The addresses of what every page loads. Those of the pages alone carry a hash of their content: a new version is
/// loaded at once.
/// </summary>
public static class PortalAssets
{
    internal static readonly EmbeddedAsset Styles = new("text/css; charset=utf-8", "tokens.css", "portal.css");
    internal static readonly EmbeddedAsset Pages = new("text/javascript; charset=utf-8", "portal-pages.js");
    internal static readonly EmbeddedAsset Favicon = new("image/svg+xml", "favicon.svg");

    public static string Style { get; } = $"/portal.css?v={Styles.Version}";

    public static string PagesScript { get; } = $"/portal-pages.js?v={Pages.Version}";

    public static string Icon { get; } = $"/favicon.svg?v={Favicon.Version}";

    /// <summary>The script that every website includes; its address stays.</summary>
    public static string Script => "/portal.js";
}
