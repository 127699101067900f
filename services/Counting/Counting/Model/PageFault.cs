namespace PortalServices.Counting.Model;

/// <summary>Why a value names no page of a site.</summary>
internal enum PageFault
{
    None,

    /// <summary>Not a path, badly escaped, too long, or not text.</summary>
    Invalid,

    /// <summary>A full URL of an origin that is neither the site's nor the public door's own.</summary>
    ForeignOrigin,
}
