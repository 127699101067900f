using System.ComponentModel.DataAnnotations;

namespace PortalServices.Gateway.Framed;

/// <summary>Bounds of frames; section <c>Frames</c>.</summary>
internal sealed class FramesOptions
{
    public const string Section = "Frames";

    /// <summary>Requests under way in frames to one replica; past it, they are refused for a second.</summary>
    [Range(1, 1_000_000)]
    public int MaxInFlight { get; set; } = 16_384;
}
