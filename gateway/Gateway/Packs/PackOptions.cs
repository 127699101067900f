using System.ComponentModel.DataAnnotations;

namespace PortalServices.Gateway.Packs;

/// <summary>Bounds of packs; section <c>Packs</c>.</summary>
internal sealed class PackOptions
{
    public const string Section = "Packs";

    /// <summary>Packed requests under way to one replica; past it, requests are forwarded one by one.</summary>
    [Range(1, 1_000_000)]
    [RenamedFrom("MostUnderWay")]
    public int MaxInFlight { get; set; } = 16_384;
}
