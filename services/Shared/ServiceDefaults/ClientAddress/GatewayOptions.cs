using System.ComponentModel.DataAnnotations;

namespace PortalServices.ServiceDefaults.ClientAddress;

/// <summary>Whom a service believes about clients; section <c>Gateway</c>.</summary>
public sealed class GatewayOptions : IValidatableObject
{
    /// <summary>The name of the section.</summary>
    public const string Section = "Gateway";

    private static readonly string[] Loopback = ["127.0.0.0/8", "::1/128"];

    /// <summary>
    /// The gateway's addresses as CIDR blocks: its forwarding headers on the internal door are believed. Loopback when
    /// none is set.
    /// </summary>
    public IList<string> Addresses { get; } = [];

    /// <summary>The blocks that are believed.</summary>
    public IEnumerable<string> Trusted => Addresses.Count > 0 ? Addresses : Loopback;

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext) =>
        AddressBlocks.Mistakes(Addresses, nameof(Addresses));
}
