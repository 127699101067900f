using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Options;

namespace PortalServices.Feedback.Captcha.Work;

/// <summary>
/// Proof of work by version 1 of ALTCHA's protocol (https://altcha.org/docs/v2/proof-of-work/): <c>challenge</c> is the
/// SHA-256 of <c>salt</c> and a secret number, which the client finds by trying; <c>signature</c> is the HMAC-SHA-256
/// of <c>challenge</c>. Both are lower-case hexadecimal digits. The salt holds what a challenge is good for, and the
/// signature covers it: <c>{random}?expires={seconds}&amp;site={id}&amp;cost={largest number}&amp;</c>. The last
/// <c>&amp;</c> parts it from the number; without one, digits could move between them and put off the end
/// (https://altcha.org/security-advisory/).
/// </summary>
internal sealed partial class WorkChallenges(IOptions<CaptchaOptions> options, TimeProvider time)
{
    /// <summary>The only algorithm.</summary>
    public const string Algorithm = "SHA-256";

    /// <summary>The longest solution that is looked at; widgets' are about 450 characters.</summary>
    public const int MaxCharacters = 2_048;

    /// <summary>What the names of used challenges begin with, as no other's does.</summary>
    public const string UsedPrefix = "work:";

    private const int RandomBytes = 12;

    /// <summary>A new challenge.</summary>
    public WorkChallenge Issue(CaptchaSecret secret, string site, int cost)
    {
        var expires = (time.GetUtcNow() + options.Value.WorkLifetime).ToUnixTimeSeconds();
        var salt = SaltOf(RandomNumberGenerator.GetHexString(2 * RandomBytes, lowercase: true), expires, site, cost);
        var challenge = HashOf(salt, RandomNumberGenerator.GetInt32(cost) + 1);
        return new WorkChallenge(Algorithm, challenge, cost, salt, secret.Sign(challenge));
    }

    /// <summary>Looks at a solution.</summary>
    /// <param name="secret">What challenges are signed with.</param>
    /// <param name="solution">The JSON that a widget sends, in Base64.</param>
    /// <param name="site">Where it is submitted.</param>
    /// <param name="required">What it must cost by now; <see cref="WorkCost"/>.</param>
    public CaptchaVerdict Verify(CaptchaSecret secret, string solution, string site, int required)
    {
        if (
            Read(solution)
                is not {
                    Algorithm: Algorithm,
                    Salt: { } salt,
                    Challenge: { } challenge,
                    Signature: { } signature,
                    Number: var number
                }
            || !CryptographicOperations.FixedTimeEquals(
                Encoding.UTF8.GetBytes(secret.Sign(challenge)),
                Encoding.UTF8.GetBytes(signature)
            )
        )
        {
            return new(CaptchaOutcome.Unknown);
        }
        // What the salt says is true only once it is known to be the one that was signed.
        if (HashOf(salt, number) != challenge)
        {
            return new(CaptchaOutcome.Wrong);
        }
        if (
            SaltPattern().Match(salt) is not { Success: true } parts
            || !long.TryParse(parts.Groups["expires"].ValueSpan, CultureInfo.InvariantCulture, out var expires)
            || !int.TryParse(parts.Groups["cost"].ValueSpan, CultureInfo.InvariantCulture, out var cost)
            || number < 0
            || number > cost
            || parts.Groups["site"].Value != site
        )
        {
            return new(CaptchaOutcome.Unknown);
        }
        if (time.GetUtcNow().ToUnixTimeSeconds() >= expires)
        {
            return new(CaptchaOutcome.Expired);
        }
        return WorkCost.IsEnough(cost, required)
            ? new(
                CaptchaOutcome.Right,
                new UsedCaptcha
                {
                    Challenge = UsedPrefix + Base64Url.EncodeToString(Convert.FromHexString(challenge)),
                    ExpiresAt = expires * 1000,
                }
            )
            : new(CaptchaOutcome.TooCheap);
    }

    /// <summary>The hash of a salt and a number.</summary>
    internal static string HashOf(string salt, long number) =>
        Convert.ToHexStringLower(
            SHA256.HashData(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{salt}{number}")))
        );

    private static string SaltOf(string random, long expires, string site, int cost) =>
        string.Create(CultureInfo.InvariantCulture, $"{random}?expires={expires}&site={site}&cost={cost}&");

    private static WorkSolution? Read(string solution)
    {
        if (solution.Length > MaxCharacters)
        {
            return null;
        }
        var json = new byte[MaxCharacters];
        try
        {
            return Convert.TryFromBase64String(solution, json, out var length)
                ? JsonSerializer.Deserialize<WorkSolution>(json.AsSpan(0, length), PortalJson.Options)
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    [GeneratedRegex(
        @"^[0-9a-f]{24}\?expires=(?<expires>[0-9]{1,12})&site=(?<site>[a-z0-9-]+)&cost=(?<cost>[0-9]{1,10})&\z",
        RegexOptions.CultureInvariant
    )]
    private static partial Regex SaltPattern();
}

/// <summary>A proof-of-work challenge.</summary>
/// <param name="Algorithm">Always <c>SHA-256</c>.</param>
/// <param name="Challenge">The hash of the salt and the number that is sought, 64 hexadecimal digits.</param>
/// <param name="MaxNumber">The number is none above it.</param>
/// <param name="Salt">What stands before the number.</param>
/// <param name="Signature">To be sent back.</param>
internal sealed record WorkChallenge(
    string Algorithm,
    string Challenge,
    [property: System.Text.Json.Serialization.JsonPropertyName("maxnumber")] int MaxNumber,
    string Salt,
    string Signature
);

/// <summary>The solution as widgets send it; they add fields of their own.</summary>
internal sealed record WorkSolution(
    string? Algorithm = null,
    string? Challenge = null,
    string? Salt = null,
    string? Signature = null,
    long Number = -1
);
