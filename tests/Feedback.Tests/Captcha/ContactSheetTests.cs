using PortalServices.Testing;
using SkiaSharp;

namespace PortalServices.Feedback.Tests.Captcha;

/// <summary>
/// docs/images/captcha-samples.png shows what the code draws, with the answers beneath: a change shows in review, and a
/// picture that another process drew before has the same pixels. With <c>APPROVE_TEXTS=1</c> in the environment the
/// file is written anew.
/// </summary>
public sealed class ContactSheetTests
{
    private const int Columns = 4,
        Rows = 5,
        Gap = 10,
        Caption = 24;

    private static readonly string File = Path.Combine(Repository.Root, "docs", "images", "captcha-samples.png");

    [Fact]
    public void The_samples_are_what_the_code_draws()
    {
        var sheet = Draw();
        if (Environment.GetEnvironmentVariable("APPROVE_TEXTS") == "1")
        {
            System.IO.File.WriteAllBytes(File, sheet);
        }
        using SKBitmap drawn = SKBitmap.Decode(sheet),
            kept = SKBitmap.Decode(File);
        Assert.Equal((drawn.Width, drawn.Height), (kept.Width, kept.Height));
        Assert.True(
            drawn.Pixels.AsSpan().SequenceEqual(kept.Pixels),
            "Pixels differ; if the new samples can be read, write them with APPROVE_TEXTS=1."
        );
    }

    [Fact]
    public void The_samples_show_every_character() =>
        Assert.Empty(CaptchaAlphabet.Characters.Except(Enumerable.Range(0, Columns * Rows).SelectMany(Sample.Answer)));

    private static byte[] Draw()
    {
        var across = CaptchaImage.Width + Gap;
        var down = CaptchaImage.Height + Caption + Gap;
        using var surface = SKSurface.Create(
            new SKImageInfo((Columns * across) + Gap, (Rows * down) + Gap, SKColorType.Rgba8888, SKAlphaType.Opaque)
        );
        surface.Canvas.Clear(SKColors.White);
        for (var number = 0; number < Columns * Rows; number++)
        {
            float left = Gap + (number % Columns * across),
                top = Gap + (number / Columns * down);
            using var picture = SKImage.FromEncodedData(
                CaptchaImage.Render(Sample.Answer(number), Sample.Seed(number))
            );
            surface.Canvas.DrawImage(picture, left, top, SKSamplingOptions.Default);
            PlainWriting.Write(
                surface.Canvas,
                Sample.Answer(number),
                new(left + 80, top + CaptchaImage.Height + 6),
                height: 14,
                thickness: 2
            );
        }

        return CaptchaImage.Encode(surface);
    }
}
