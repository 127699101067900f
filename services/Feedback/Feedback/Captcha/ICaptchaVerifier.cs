namespace PortalServices.Feedback.Captcha;

/// <summary>
/// Says whether a human sends feedback. It takes nothing: the use of what it names is written with the feedback, or
/// alone after a wrong answer.
/// </summary>
internal interface ICaptchaVerifier
{
    /// <summary>Looks at an answer.</summary>
    /// <param name="id">The challenge; null for verifiers whose token is all there is.</param>
    /// <param name="answer">What was typed, or the token.</param>
    /// <param name="address">Where the request comes from, where it is known.</param>
    /// <param name="cancel">Given up.</param>
    Task<CaptchaVerdict> VerifyAsync(string? id, string? answer, string? address, CancellationToken cancel);
}

/// <summary>What became of an answer.</summary>
internal enum CaptchaOutcome
{
    Right,
    Wrong,

    /// <summary>Right or wrong, it comes too late.</summary>
    Expired,

    /// <summary>Sooner than anybody can type.</summary>
    TooFast,

    /// <summary>There is no such challenge.</summary>
    Unknown,

    /// <summary>It cannot be said.</summary>
    Unavailable,

    /// <summary>So much is submitted that an image or a sound alone is not enough.</summary>
    WorkRequired,

    /// <summary>The proof of work is right, but costs less than is required by now.</summary>
    TooCheap,
}

/// <summary>The verdict on an answer.</summary>
/// <param name="Outcome">What became of it.</param>
/// <param name="Used">What can be used once only, and is used up by this answer.</param>
/// <param name="Wait">When to come again, where that helps.</param>
/// <param name="UsedBeside">What else is used up by the same submission.</param>
internal readonly record struct CaptchaVerdict(
    CaptchaOutcome Outcome,
    UsedCaptcha? Used = null,
    TimeSpan? Wait = null,
    UsedCaptcha? UsedBeside = null
);
