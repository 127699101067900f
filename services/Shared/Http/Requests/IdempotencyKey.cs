using System.Diagnostics.CodeAnalysis;

namespace PortalServices.Http.Requests;

/// <summary>
/// The name that a client gives to what it wants done once, so that a request that was not answered can be sent again:
/// 16 to 64 letters, digits, <c>_</c> or <c>-</c>, in the header <c>Idempotency-Key</c>.
/// </summary>
public static class IdempotencyKey
{
    /// <summary>The header.</summary>
    public const string Header = "Idempotency-Key";

    /// <summary>Most characters of a key.</summary>
    public const int MaxCharacters = 64;

    /// <summary>Whether it is one.</summary>
    public static bool IsValid([NotNullWhen(true)] string? key) =>
        key is { Length: >= 16 and <= MaxCharacters } && key.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-');
}
