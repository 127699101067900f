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

    /// <summary>How long a challenge can be answered. People who need long may ask for a new one as often as they like (WCAG 2.2, 2.2.1).</summary>
    [Range(typeof(TimeSpan), "00:01:00", "1.00:00:00")]
    public TimeSpan Lifetime { get; set; } = TimeSpan.FromMinutes(20);

    /// <summary>How long a human needs at least from the challenge to sending the form; 0 turns it off.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:01:00")]
    public TimeSpan FastestFill { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>Images and sounds that are kept to be given out again, in MiB.</summary>
    [Range(1, 4096)]
    public int CacheMebibytes { get; set; } = 64;

    /// <summary>Where a <c>siteverify</c> verifier is asked, such as https://challenges.cloudflare.com/turnstile/v0/siteverify.</summary>
    public Uri? SiteVerifyUrl { get; set; }

    /// <summary>The secret that it was given for this portal.</summary>
    public string? SiteVerifySecret { get; set; }

    /// <summary>The host names on which its widget may have been solved; none is every one.</summary>
    public IList<string> SiteVerifyHostnames { get; } = [];

    /// <summary>How long its answer is waited for; then nothing is taken.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:01:00")]
    public TimeSpan SiteVerifyTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Verifier != CaptchaVerifierKind.SiteVerify)
            yield break;
        if (SiteVerifyUrl is not { IsAbsoluteUri: true, Scheme: "https" or "http" })
            yield return new ValidationResult("the full address of a siteverify service", [nameof(SiteVerifyUrl)]);
        if (string.IsNullOrWhiteSpace(SiteVerifySecret))
            yield return new ValidationResult("required", [nameof(SiteVerifySecret)]);
    }
}
