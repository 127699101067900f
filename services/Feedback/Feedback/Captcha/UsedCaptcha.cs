namespace PortalServices.Feedback.Captcha;

/// <summary>A challenge that nobody can answer any more: it was answered, rightly or not.</summary>
internal sealed class UsedCaptcha
{
    /// <summary>Names the challenge; of the outside verifiers, a hash of their token.</summary>
    public required string Challenge { get; init; }

    /// <summary>
    /// When it would have expired, in milliseconds since 1970 UTC; from then on this row is needed no more.
    /// </summary>
    public required long ExpiresAt { get; init; }

    /// <summary>
    /// The site of the submission that used it; null for the second captcha of a submission, which is counted once, and
    /// for one of a verifier elsewhere.
    /// </summary>
    public string? Site { get; set; }

    /// <summary>
    /// Where the submission came from: <see cref="CaptchaSecret.HashOf"/>; null as <see cref="Site"/> is, and where
    /// nobody knows.
    /// </summary>
    public string? Address { get; set; }

    /// <summary>When it was used, in milliseconds since 1970 UTC; 0 where <see cref="Site"/> is null.</summary>
    public long UsedAt { get; set; }

    /// <summary>
    /// Numbers the submissions of one address. Unique, so of two that counted at the same time, on whichever replicas,
    /// one counts again.
    /// </summary>
    public int? Turn { get; set; }
}
