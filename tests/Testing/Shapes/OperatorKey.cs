using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace PortalServices.Testing.Shapes;

/// <summary>An operator's key with what the settings say of it.</summary>
public sealed record OperatorKey(string Name, string[] Scopes, string[] Sites)
{
    /// <summary>The key itself, as it is sent.</summary>
    public string Value { get; init; } = "ps_" + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));

    /// <summary>The settings of this key at a place in the list.</summary>
    public IEnumerable<string> Settings(int index)
    {
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(Value)));
        var prefix = $"--Operators:Keys:{index}";
        return
        [
            $"{prefix}:Name={Name}",
            $"{prefix}:Hash={hash}",
            .. Scopes.Select((scope, i) => $"{prefix}:Scopes:{i}={scope}"),
            .. Sites.Select((site, i) => $"{prefix}:Sites:{i}={site}"),
        ];
    }
}
