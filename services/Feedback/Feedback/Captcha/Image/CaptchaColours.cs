using SkiaSharp;

namespace PortalServices.Feedback.Captcha.Image;

/// <summary>The colours of one picture.</summary>
/// <param name="Ink">Of the characters and of the lines and dots across them.</param>
/// <param name="Paper">Of the background and its texture.</param>
internal sealed record CaptchaColours(SKColor Ink, IReadOnlyList<SKColor> Paper)
{
    /// <summary>The least contrast of ink and paper: WCAG 2.2, 1.4.3 Contrast (Minimum).</summary>
    public const double LeastContrast = 4.5;

    /// <summary>Every ink stands out from every paper.</summary>
    public static IReadOnlyList<SKColor> Inks { get; } =
    [
        new(0xFF1F2A44),
        new(0xFF3B1F4A),
        new(0xFF5A1A24),
        new(0xFF14402F),
        new(0xFF4A2C12),
        new(0xFF123C4F),
        new(0xFF2E2E2E),
        new(0xFF47305E),
    ];

    public static IReadOnlyList<SKColor> Papers { get; } =
    [
        new(0xFFF4E9D2),
        new(0xFFE3EEF5),
        new(0xFFE8F3E1),
        new(0xFFF6E3E6),
        new(0xFFECE6F4),
        new(0xFFFAF3C8),
        new(0xFFD6E4DC),
        new(0xFFE9DCCB),
        new(0xFFD4DDEB),
        new(0xFFF3D9C9),
    ];

    /// <summary>Colours by chance.</summary>
    public static CaptchaColours Of(SeededNumbers numbers) =>
        new(numbers.Pick(Inks), [numbers.Pick(Papers), numbers.Pick(Papers), numbers.Pick(Papers)]);

    /// <summary>The contrast ratio of two opaque colours, 1 to 21, as WCAG 2.2 defines it.</summary>
    public static double Contrast(SKColor one, SKColor other)
    {
        double a = Luminance(one) + 0.05,
            b = Luminance(other) + 0.05;
        return Math.Max(a, b) / Math.Min(a, b);
    }

    private static double Luminance(SKColor colour) =>
        (0.2126 * Linear(colour.Red)) + (0.7152 * Linear(colour.Green)) + (0.0722 * Linear(colour.Blue));

    private static double Linear(byte channel)
    {
        var value = channel / 255.0;
        return value <= 0.04045 ? value / 12.92 : Math.Pow((value + 0.055) / 1.055, 2.4);
    }
}
