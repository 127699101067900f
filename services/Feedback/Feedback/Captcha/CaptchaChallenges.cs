using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.Options;

namespace PortalServices.Feedback.Captcha;

/// <summary>Makes challenges, and reads them back from their ids.</summary>
internal sealed class CaptchaChallenges(
    IDataProtectionProvider protection,
    IOptions<CaptchaOptions> options,
    TimeProvider time
)
{
    // Longer than any id that is made here.
    private const int MaxIdCharacters = 400;
    private const int NumberBytes = 16,
        InstantBytes = 8,
        HeadBytes = NumberBytes + 2 * InstantBytes;

    private readonly IDataProtector _protector = protection.CreateProtector("PortalServices.Feedback.Captcha", "v1");

    /// <summary>A new one.</summary>
    public CaptchaChallenge Issue()
    {
        var issuedAt = DateTimeOffset.FromUnixTimeMilliseconds(time.GetUtcNow().ToUnixTimeMilliseconds());
        var expiresAt = issuedAt + options.Value.Lifetime;
        var number = new Guid(RandomNumberGenerator.GetBytes(NumberBytes));
        var answer = CaptchaAlphabet.Draw();
        var content = new byte[HeadBytes + answer.Length];
        number.TryWriteBytes(content);
        BinaryPrimitives.WriteInt64LittleEndian(content.AsSpan(NumberBytes), issuedAt.ToUnixTimeMilliseconds());
        BinaryPrimitives.WriteInt64LittleEndian(
            content.AsSpan(NumberBytes + InstantBytes),
            expiresAt.ToUnixTimeMilliseconds()
        );
        Encoding.ASCII.GetBytes(answer, content.AsSpan(HeadBytes));
        return new CaptchaChallenge(
            Base64Url.EncodeToString(_protector.Protect(content)),
            number,
            issuedAt,
            expiresAt,
            answer
        );
    }

    /// <summary>Reads an id, also of one that has expired; null for what was not made here.</summary>
    public CaptchaChallenge? Read(string? id)
    {
        if (id is not { Length: > 0 and <= MaxIdCharacters } || !Base64Url.IsValid(id))
        {
            return null;
        }
        byte[] content;
        try
        {
            content = _protector.Unprotect(Base64Url.DecodeFromChars(id));
        }
        catch (CryptographicException)
        {
            return null;
        }

        return content.Length <= HeadBytes
            ? null
            : new CaptchaChallenge(
                id,
                new Guid(content.AsSpan(0, NumberBytes)),
                InstantAt(content, NumberBytes),
                InstantAt(content, NumberBytes + InstantBytes),
                Encoding.ASCII.GetString(content.AsSpan(HeadBytes))
            );
    }

    private static DateTimeOffset InstantAt(byte[] content, int offset) =>
        DateTimeOffset.FromUnixTimeMilliseconds(BinaryPrimitives.ReadInt64LittleEndian(content.AsSpan(offset)));
}
