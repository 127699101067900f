namespace PortalServices.Feedback.Captcha;

/// <summary>A challenge that nobody can answer any more: it was answered, rightly or not.</summary>
internal sealed class UsedCaptcha
{
    /// <summary>Names the challenge; of the outside verifiers, a hash of their token.</summary>
    public required string Challenge { get; init; }

    /// <summary>When it would have expired, in milliseconds since 1970 UTC; from then on this row is needed no more.</summary>
    public required long ExpiresAt { get; init; }
}
