using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;

namespace PortalServices.OperatorAccess.Keys;

/// <summary>Finds the holder of a presented key, in a time that tells nothing about the keys there are.</summary>
internal sealed class KeyRing(IOptions<OperatorsOptions> options)
{
    private readonly (byte[] Hash, OperatorKey Key)[] _keys =
    [
        .. options.Value.Keys.Select(key => (Convert.FromHexString(key.Hash), key)),
    ];

    public OperatorKey? Find(string presented)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(presented), hash);
        OperatorKey? found = null;
        foreach (var (each, key) in _keys)
        {
            if (CryptographicOperations.FixedTimeEquals(each, hash))
            {
                found = key;
            }
        }

        return found;
    }
}
