using System.ComponentModel.DataAnnotations;

namespace PortalServices.Feedback.Captcha;

/// <summary>Who says whether a human sends feedback.</summary>
public enum CaptchaVerifierKind
{
    /// <summary>This service, with its own images and sounds.</summary>
    SelfHosted,

    /// <summary>A service elsewhere that speaks the <c>siteverify</c> protocol.</summary>
    SiteVerify,
}

/// <summary>Settings of the captcha, section <c>Captcha</c>.</summary>
public sealed class CaptchaOptions : IValidatableObject
{
    /// <summary>The name of the section.</summary>
    public const string Section = "Captcha";

    /// <summary>Who verifies.</summary>
    public CaptchaVerifierKind Verifier { get; set; }

    /// <summary>
    /// How long a challenge can be answered. People who need long may ask for a new one as often as they like (WCAG
    /// 2.2, 2.2.1).
    /// </summary>
    [Range(typeof(TimeSpan), "00:01:00", "1.00:00:00")]
    public TimeSpan Lifetime { get; set; } = TimeSpan.FromMinutes(20);

    /// <summary>How long a human needs at least from the challenge to sending the form; 0 turns it off.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:01:00")]
    public TimeSpan FastestFill { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>
    /// How many submissions of one address within an hour are taken by an image or a sound alone; above that, proof of
    /// work is required. 0 always requires it.
    /// </summary>
    [Range(0, 1_000_000)]
    public int AddressSubmissionsPerHour { get; set; } = 20;

    /// <summary>The same for all submissions to one site.</summary>
    [Range(0, 1_000_000)]
    public int SiteSubmissionsPerHour { get; set; } = 300;

    /// <summary>
    /// The cost of a proof-of-work challenge where little is submitted: the largest number that may solve it, so twice
    /// the mean of the hashes to be tried.
    /// </summary>
    [Range(1_000, 100_000_000)]
    public int WorkCost { get; set; } = 100_000;

    /// <summary>
    /// The highest cost, however much is submitted. A slow telephone, 300,000 hashes a second, must try them all within
    /// <see cref="WorkLifetime"/>.
    /// </summary>
    [Range(1_000, 1_000_000_000)]
    public int MaxWorkCost { get; set; } = 50_000_000;

    /// <summary>How long a proof-of-work challenge can be solved and submitted.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "01:00:00")]
    public TimeSpan WorkLifetime { get; set; } = TimeSpan.FromMinutes(3);

    /// <summary>Images and sounds that are kept to be given out again, in MiB.</summary>
    [Range(1, 4096)]
    public int CacheMebibytes { get; set; } = 64;

    /// <summary>
    /// Where a <c>siteverify</c> verifier is asked, such as https://challenges.cloudflare.com/turnstile/v0/siteverify.
    /// </summary>
    public Uri? SiteVerifyUrl { get; set; }

    /// <summary>The secret that it was given for this portal.</summary>
    public string? SiteVerifySecret { get; set; }

    /// <summary>The host names on which its widget may have been solved; none is every one.</summary>
    public IList<string> SiteVerifyHostnames { get; } = [];

    /// <summary>How long its answer is waited for; then nothing is taken.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:01:00")]
    public TimeSpan SiteVerifyTimeout { get; set; } = TimeSpan.FromSeconds(5);

    internal bool IsSelfHosted => Verifier == CaptchaVerifierKind.SelfHosted;

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (MaxWorkCost < WorkCost)
        {
            yield return new ValidationResult($"at least {nameof(WorkCost)}", [nameof(MaxWorkCost)]);
        }
        if (Verifier != CaptchaVerifierKind.SiteVerify)
        {
            yield break;
        }
        if (SiteVerifyUrl is not { IsAbsoluteUri: true, Scheme: "https" or "http" })
        {
            yield return new ValidationResult("the full address of a siteverify service", [nameof(SiteVerifyUrl)]);
        }
        if (string.IsNullOrWhiteSpace(SiteVerifySecret))
        {
            yield return new ValidationResult("required", [nameof(SiteVerifySecret)]);
        }
    }
}
