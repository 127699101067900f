using System.Runtime.InteropServices;
using SkiaSharp;

namespace PortalServices.Feedback.Tests.Captcha;

/// <summary>
/// What one does to a picture before a machine reads it: three times larger, black and white, with a wide white border.
/// </summary>
internal static class CleanedPicture
{
    private const int Scale = 3,
        Border = 30;

    /// <summary>The picture, cleaned.</summary>
    /// <param name="png">As it was served.</param>
    /// <param name="opening">What is thinner than twice so many pixels, of the larger picture, is wiped away; 0 wipes
    /// nothing.</param>
    public static byte[] Of(byte[] png, int opening)
    {
        using var picture = SKImage.FromEncodedData(png);
        int width = (picture.Width * Scale) + (2 * Border),
            height = (picture.Height * Scale) + (2 * Border);
        using var bitmap = new SKBitmap(new SKImageInfo(width, height, SKColorType.Gray8, SKAlphaType.Opaque));
        using (var canvas = new SKCanvas(bitmap))
        {
            canvas.Clear(SKColors.White);
            canvas.DrawImage(
                picture,
                SKRect.Create(Border, Border, picture.Width * Scale, picture.Height * Scale),
                new SKSamplingOptions(SKCubicResampler.Mitchell)
            );
        }

        // Inks are below 90 of 255, papers above 215.
        var ink = bitmap.GetPixelSpan().ToArray().Select(grey => grey < 140).ToArray();
        if (opening > 0)
        {
            ink = Spread(Spread(ink, bitmap.RowBytes, opening, wanted: false), bitmap.RowBytes, opening, wanted: true);
        }
        Marshal.Copy(Array.ConvertAll(ink, isInk => isInk ? (byte)0 : (byte)255), 0, bitmap.GetPixels(), ink.Length);
        using var data = bitmap.Encode(SKEncodedImageFormat.Png, 100);
        return data.ToArray();
    }

    // Everything within a radius of what is ink (wanted) or is not becomes the same.
    private static bool[] Spread(bool[] ink, int row, int radius, bool wanted)
    {
        int[] near =
        [
            .. from down in Enumerable.Range(-radius, (2 * radius) + 1)
            from right in Enumerable.Range(-radius, (2 * radius) + 1)
            where (down * down) + (right * right) <= radius * radius
            select (down * row) + right,
        ];
        var spread = (bool[])ink.Clone();
        for (var at = radius * (row + 1); at < ink.Length - (radius * (row + 1)); at++)
        {
            if (ink[at] == wanted && Array.Exists(EdgeSteps(row), step => ink[at + step] != wanted))
            {
                foreach (var step in near)
                {
                    spread[at + step] = wanted;
                }
            }
        }

        return spread;
    }

    private static int[] EdgeSteps(int row) => [-row, -1, 1, row];
}
