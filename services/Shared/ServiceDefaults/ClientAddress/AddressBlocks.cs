using System.ComponentModel.DataAnnotations;
using System.Net;

namespace PortalServices.ServiceDefaults.ClientAddress;

/// <summary>Lists of addresses in settings, as CIDR blocks; a lone address is a block of one.</summary>
public static class AddressBlocks
{
    /// <summary>Reads blocks that have been validated.</summary>
    public static IEnumerable<IPNetwork> Parse(IEnumerable<string> blocks)
    {
        ArgumentNullException.ThrowIfNull(blocks);
        return blocks.Select(block =>
            TryParse(block, out var network) ? network : throw new FormatException($"'{block}' is not an address block")
        );
    }

    /// <summary>What cannot be read, named by its key.</summary>
    public static IEnumerable<ValidationResult> Mistakes(IList<string> blocks, string member)
    {
        ArgumentNullException.ThrowIfNull(blocks);
        for (var i = 0; i < blocks.Count; i++)
        {
            if (!TryParse(blocks[i], out _))
            {
                yield return new ValidationResult(
                    $"'{blocks[i]}' is not an address block like 10.0.0.0/8",
                    [$"{member}:{i}"]
                );
            }
        }
    }

    /// <summary>Whether an address is in one of the blocks, however an IPv4 address came in.</summary>
    public static bool Contain(IReadOnlyList<IPNetwork> blocks, IPAddress? address)
    {
        ArgumentNullException.ThrowIfNull(blocks);
        if (address is { IsIPv4MappedToIPv6: true })
        {
            address = address.MapToIPv4();
        }
        return address is not null && blocks.Any(block => block.Contains(address));
    }

    private static bool TryParse(string block, out IPNetwork network)
    {
        if (!IPAddress.TryParse(block, out var address))
        {
            return IPNetwork.TryParse(block, out network);
        }
        network = new IPNetwork(address, address.GetAddressBytes().Length * 8);
        return true;
    }
}
