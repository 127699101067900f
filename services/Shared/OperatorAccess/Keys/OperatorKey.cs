using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace PortalServices.OperatorAccess.Keys;

/// <summary>
/// One key as settings hold it: never the key itself. The key has 256 random bits, so a plain SHA-256 of it can be
/// published without harm.
/// </summary>
public sealed class OperatorKey
{
    /// <summary>Every site, as an entry of <see cref="Sites"/>.</summary>
    public const string AllSites = "*";

    internal const string Prefix = "ps_";
    private const int RandomBytes = 32;

    /// <summary>Who holds it: written into audits.</summary>
    public string Name { get; set; } = "";

    /// <summary>SHA-256 of the key's characters, 64 hexadecimal digits.</summary>
    public string Hash { get; set; } = "";

    /// <summary>
    /// What it may do: <c>admin</c>, or an area and <c>.read</c> or <c>.write</c>, where writing includes reading.
    /// </summary>
    public IList<string> Scopes { get; init; } = [];

    /// <summary>The ids of the sites it is good for; <c>*</c> is all of them.</summary>
    public IList<string> Sites { get; init; } = [];

    /// <summary>A new random key, <c>ps_</c> and 43 characters of base64url.</summary>
    public static string NewKey() => Prefix + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(RandomBytes));

    /// <summary>The hash that stands for a key in the settings.</summary>
    public static string HashOf(string key) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)));

    internal static bool IsWellFormed(string key) =>
        key.StartsWith(Prefix, StringComparison.Ordinal)
        && Base64Url.IsValid(key.AsSpan(Prefix.Length), out var bytes)
        && bytes == RandomBytes;

    internal IEnumerable<(string Field, string Rule)> Mistakes()
    {
        if (Name.Length is 0 or > 64 || Name.Any(char.IsControl))
        {
            yield return (nameof(Name), "1 to 64 characters");
        }
        if (Hash.Length != 2 * SHA256.HashSizeInBytes || !Hash.All(char.IsAsciiHexDigit))
        {
            yield return (nameof(Hash), "not a SHA-256 in 64 hexadecimal digits; --new-key makes one");
        }
        if (Scopes.Count == 0 || Scopes.FirstOrDefault(scope => !Scope.All.Contains(scope)) is not null)
        {
            yield return (nameof(Scopes), $"one or more of {string.Join(", ", Scope.All)}");
        }
        if (Sites.Count == 0 || Sites.Any(string.IsNullOrWhiteSpace))
        {
            yield return (nameof(Sites), "one or more site ids, or *");
        }
    }
}
