using System.Security.Cryptography;

namespace PortalServices.Feedback.Captcha;

/// <summary>A challenge: what is to be read or heard, and until when.</summary>
/// <param name="Id">Names it in addresses. It holds all the rest, encrypted and authenticated, so that no replica has
/// to remember it.</param>
/// <param name="Number">Random, and told to nobody.</param>
/// <param name="IssuedAt">Since when.</param>
/// <param name="ExpiresAt">Until when.</param>
/// <param name="Answer">What is to be typed.</param>
internal sealed record CaptchaChallenge(
    string Id,
    Guid Number,
    DateTimeOffset IssuedAt,
    DateTimeOffset ExpiresAt,
    string Answer
)
{
    /// <summary>Names it among those that were answered.</summary>
    public string Use => Number.ToString("N");

    /// <summary>
    /// What its image, or its sound, is made of besides the answer: the same at every fetch, on every replica.
    /// </summary>
    public byte[] Seed(string rendering) =>
        HMACSHA256.HashData(Number.ToByteArray(), System.Text.Encoding.ASCII.GetBytes(rendering));
}
