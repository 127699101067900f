using System.Collections.Frozen;

namespace PortalServices.OperatorAccess.Keys;

/// <summary>
/// Which scope an operators' address needs. A table, so that it is decided before routing and alike for addresses that
/// do not exist.
/// </summary>
internal static class Scope
{
    public const string Admin = "admin";

    /// <summary>
    /// The first segment after the site, and the area its scope is named after. What is not here needs
    /// <see cref="Admin"/>.
    /// </summary>
    private static readonly FrozenDictionary<string, string> AreaOf = new Dictionary<string, string>
    {
        ["corrections"] = "counting",
        ["baselines"] = "counting",
        ["audit"] = "counting",
        ["bots"] = "counting",
        ["store-loss"] = "counting",
        ["feedback"] = "feedback",
        ["articles"] = "content",
        ["videos"] = "content",
        ["lookups"] = "content",
        ["categories"] = "content",
    }.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    public static readonly IReadOnlyList<string> All =
    [
        .. AreaOf
            .Values.Distinct()
            .Order(StringComparer.Ordinal)
            .SelectMany(area => (string[])[area + ".read", area + ".write"]),
        Admin,
    ];

    /// <param name="rest">What follows the site in the address.</param>
    /// <param name="method">GET and HEAD read, everything else writes.</param>
    public static string For(PathString rest, string method)
    {
        var segment = rest.Value?.Split('/', 3) is [_, var first, ..] ? first : "";
        return !AreaOf.TryGetValue(segment, out var area) ? Admin
            : HttpMethods.IsGet(method) || HttpMethods.IsHead(method) ? area + ".read"
            : area + ".write";
    }

    public static bool Holds(IEnumerable<string> held, string needed)
    {
        var writeOfRead = needed.EndsWith(".read", StringComparison.Ordinal)
            ? needed[..^".read".Length] + ".write"
            : needed;
        return held.Any(scope => scope == needed || scope == writeOfRead || scope == Admin);
    }
}
