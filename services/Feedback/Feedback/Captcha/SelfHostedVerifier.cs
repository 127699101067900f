using Microsoft.Extensions.Options;

namespace PortalServices.Feedback.Captcha;

/// <summary>
/// Compares an answer with the challenge. One guess for each: whichever answer's use is written first counts, so many
/// guesses at the same time are worth no more than one.
/// </summary>
internal sealed class SelfHostedVerifier(
    CaptchaChallenges challenges,
    IOptions<CaptchaOptions> options,
    TimeProvider time
) : ICaptchaVerifier
{
    public Task<CaptchaVerdict> VerifyAsync(string? id, string? answer, string? address, CancellationToken cancel) =>
        Task.FromResult(Verify(id, answer));

    private CaptchaVerdict Verify(string? id, string? answer)
    {
        if (challenges.Read(id) is not { } challenge)
        {
            return new(CaptchaOutcome.Unknown);
        }
        var now = time.GetUtcNow();
        if (now >= challenge.ExpiresAt)
        {
            return new(CaptchaOutcome.Expired);
        }
        var early = challenge.IssuedAt + options.Value.FastestFill - now;
        if (early > TimeSpan.Zero)
        {
            return new(CaptchaOutcome.TooFast, Wait: early);
        }
        var used = new UsedCaptcha
        {
            Challenge = challenge.Use,
            ExpiresAt = challenge.ExpiresAt.ToUnixTimeMilliseconds(),
        };
        return new(
            CaptchaAlphabet.Matches(challenge.Answer, answer) ? CaptchaOutcome.Right : CaptchaOutcome.Wrong,
            used
        );
    }
}
