using SkiaSharp;

namespace PortalServices.Feedback.Tests.Captcha;

/// <summary>The characters by the same strokes, straight and apart.</summary>
internal static class PlainWriting
{
    public static void Write(SKCanvas canvas, string text, SKPoint corner, float height, float thickness)
    {
        using var pen = new Pen(canvas, SKColors.Black);
        var scale = height / GlyphShape.Height;
        foreach (var character in text)
        {
            var lines = GlyphShape.Of(character)[0].Lines;
            foreach (var line in lines)
            {
                pen.Draw(
                    Array.ConvertAll(
                        line,
                        point => new SKPoint(corner.X + (point.X * scale), corner.Y + (point.Y * scale))
                    ),
                    _ => thickness
                );
            }
            corner.X += (lines.Max(line => line.Max(point => point.X)) * scale) + (0.3f * height);
        }
    }

    /// <summary>A picture of nothing but an answer, of the size of the captcha's.</summary>
    public static byte[] Picture(string answer)
    {
        using var surface = SKSurface.Create(
            new SKImageInfo(CaptchaImage.Width, CaptchaImage.Height, SKColorType.Rgba8888, SKAlphaType.Opaque)
        );
        surface.Canvas.Clear(SKColors.White);
        Write(surface.Canvas, answer, new(25, 26), height: 36, thickness: 5);
        return CaptchaImage.Encode(surface);
    }
}
