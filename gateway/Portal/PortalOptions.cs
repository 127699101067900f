using System.ComponentModel.DataAnnotations;
using PortalServices.Sites;

namespace PortalServices.Portal;

/// <summary>The reference portal; section <c>Portal</c>.</summary>
public sealed class PortalOptions : IValidatableObject
{
    /// <summary>The name of the section.</summary>
    public const string Section = "Portal";

    internal const string Meter = "PortalServices.Portal";

    /// <summary>Whether there are pages at <c>/</c>. The scripts for pages of others are there in any case.</summary>
    public bool Enabled { get; set; }

    /// <summary>
    /// The id of the site that is shown at a host name which is in no site's <c>origins</c>; the first of the site file
    /// when it is empty.
    /// </summary>
    [MaxLength(32)]
    public string Site { get; set; } = "";

    /// <summary>
    /// Origins that images of articles and videos may come from, besides the portal's own: images elsewhere are not
    /// shown, since each would tell another server who reads what.
    /// </summary>
    public IList<string> ImageOrigins { get; } = [];

    /// <summary>
    /// Pages and replies of services that are kept in memory, in MiB.
    /// </summary>
    [Range(1, 1024)]
    public int CacheMegabytes { get; set; } = 32;

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        for (var i = 0; i < ImageOrigins.Count; i++)
        {
            if (!WebOrigin.TryParse(ImageOrigins[i], out var origin) || origin != ImageOrigins[i])
            {
                yield return new ValidationResult(
                    $"'{ImageOrigins[i]}' is not an origin like https://images.example.vn",
                    [$"{nameof(ImageOrigins)}:{i}"]
                );
            }
        }
    }
}
