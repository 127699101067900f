using PortalServices.Feedback.Captcha.Sound;
using SkiaSharp;

namespace PortalServices.Feedback.Captcha.Image;

/// <summary>
/// A picture of an answer for people: bent, touching characters among lines of the same ink, with cuts through both.
/// Whoever cannot see it has <see cref="CaptchaSound"/>, since WCAG 2.2, 1.1.1 asks for another sense. Answer and seed
/// alone decide every byte of it, so that fetching it again teaches nothing.
/// </summary>
internal static class CaptchaImage
{
    /// <summary>Pixels across.</summary>
    public const int Width = 280;

    /// <summary>Pixels down.</summary>
    public const int Height = 90;

    /// <summary>Half of the thickest pen, and a little paper.</summary>
    private const int Margin = 9;

    private static readonly SKPngEncoderOptions Png = new(SKPngEncoderFilterFlags.Sub, zLibLevel: 6);

    /// <summary>The picture, as PNG.</summary>
    /// <param name="answer">Of <see cref="CaptchaAlphabet"/>.</param>
    /// <param name="seed">Secret, and another for each challenge.</param>
    public static byte[] Render(string answer, ReadOnlySpan<byte> seed)
    {
        if (!CaptchaAlphabet.IsAnswer(answer))
        {
            throw new ArgumentException("Not an answer.", nameof(answer));
        }
        var numbers = new SeededNumbers("image", seed);
        using var surface =
            SKSurface.Create(new SKImageInfo(Width, Height, SKColorType.Rgba8888, SKAlphaType.Opaque))
            ?? throw new InvalidOperationException("No surface to draw on.");
        Draw(surface.Canvas, answer, numbers);
        return Encode(surface);
    }

    /// <summary>A drawn surface as PNG.</summary>
    internal static byte[] Encode(SKSurface surface)
    {
        using var pixels = surface.PeekPixels();
        using var data = pixels.Encode(Png) ?? throw new InvalidOperationException("The picture was not encoded.");
        return data.ToArray();
    }

    /// <summary>Draws the picture at the origin of a canvas.</summary>
    private static void Draw(SKCanvas canvas, string answer, SeededNumbers numbers)
    {
        var colours = CaptchaColours.Of(numbers);
        Clutter.Texture(canvas, colours, numbers);
        using var pen = new Pen(canvas, colours.Ink);
        foreach (
            var (points, width) in WarpedText.Lay(
                answer,
                SKRect.Create(Margin, Margin, Width - (2 * Margin), Height - (2 * Margin)),
                numbers
            )
        )
        {
            pen.Draw(points, Clutter.Changing(width, numbers));
        }

        Clutter.Strokes(pen, numbers);
        Clutter.Dots(pen, numbers);
        Clutter.Cuts(canvas, colours, numbers);
    }
}
