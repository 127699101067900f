using System.Runtime.InteropServices;
using SkiaSharp;

namespace PortalServices.Feedback.Tests.Captcha.Attack;

/// <summary>
/// A picture three times as large, in greys or in ink and paper, and what one does to it before a machine reads it.
/// </summary>
internal sealed class InkPicture
{
    private const int Scale = 3,
        Border = 30;

    private readonly byte[] _grey;

    private InkPicture(byte[] grey, int width, int height) => (_grey, Width, Height) = (grey, width, height);

    public int Width { get; }

    public int Height { get; }

    public bool IsInk(int x, int y) => _grey[(y * Width) + x] < 128;

    /// <summary>In greys, with a wide white border.</summary>
    public static InkPicture Of(byte[] png)
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

        return new InkPicture(bitmap.GetPixelSpan().ToArray(), width, height);
    }

    /// <summary>What is darker becomes ink, the rest paper.</summary>
    public InkPicture Threshold(int grey) => With(at => _grey[at] < grey ? (byte)0 : (byte)255);

    /// <summary>Every point becomes what most are around it.</summary>
    public InkPicture Median(int radius) =>
        With(at =>
        {
            int x = at % Width,
                y = at / Width,
                darker = 0,
                all = 0;
            for (var down = Math.Max(0, y - radius); down <= Math.Min(Height - 1, y + radius); down++)
            {
                for (var right = Math.Max(0, x - radius); right <= Math.Min(Width - 1, x + radius); right++, all++)
                {
                    darker += IsInk(right, down) ? 1 : 0;
                }
            }

            return darker * 2 > all ? (byte)0 : (byte)255;
        });

    /// <summary>Lines of ink thinner than twice a radius are wiped away.</summary>
    public InkPicture Open(int radius) => Spread(radius, ink: false).Spread(radius, ink: true);

    /// <summary>Cuts of paper thinner than twice a radius are filled.</summary>
    public InkPicture Close(int radius) => Spread(radius, ink: true).Spread(radius, ink: false);

    /// <summary>Without pieces of ink that are smaller.</summary>
    public InkPicture WithoutSpecks(int points)
    {
        var grey = (byte[])_grey.Clone();
        var seen = new bool[grey.Length];
        var piece = new List<int>();
        for (var start = 0; start < grey.Length; start++)
        {
            if (seen[start] || grey[start] >= 128)
            {
                continue;
            }
            piece.Clear();
            piece.Add(start);
            seen[start] = true;
            for (var next = 0; next < piece.Count; next++)
            {
                foreach (
                    var near in new[] { piece[next] - 1, piece[next] + 1, piece[next] - Width, piece[next] + Width }
                )
                {
                    if (near >= 0 && near < grey.Length && !seen[near] && grey[near] < 128)
                    {
                        seen[near] = true;
                        piece.Add(near);
                    }
                }
            }

            if (piece.Count < points)
            {
                piece.ForEach(at => grey[at] = 255);
            }
        }

        return new InkPicture(grey, Width, Height);
    }

    /// <summary>
    /// Without the smoothest line of ink from left to right: the path that crosses the most ink and bends the least is
    /// found column by column, and taken away where the ink along it is no thicker than a line.
    /// </summary>
    public InkPicture WithoutArc()
    {
        const int MaxSlope = 2;
        const float Bend = 0.4f;
        var slopes = (2 * MaxSlope) + 1;
        var best = new float[Width, Height, slopes];
        var from = new sbyte[Width, Height, slopes];
        for (var x = 1; x < Width; x++)
        {
            for (var y = 0; y < Height; y++)
            {
                for (var slope = 0; slope < slopes; slope++)
                {
                    var before = y - (slope - MaxSlope);
                    if (before < 0 || before >= Height)
                    {
                        best[x, y, slope] = float.NegativeInfinity;
                        continue;
                    }

                    var (most, which) = (float.NegativeInfinity, 0);
                    for (var other = 0; other < slopes; other++)
                    {
                        var score = best[x - 1, before, other] - (Bend * Math.Abs(other - slope));
                        if (score > most)
                        {
                            (most, which) = (score, other);
                        }
                    }

                    best[x, y, slope] = most + (IsInk(x, y) ? 1 : -0.5f);
                    from[x, y, slope] = (sbyte)which;
                }
            }
        }

        var (top, end, last) = (float.NegativeInfinity, 0, 0);
        for (var y = 0; y < Height; y++)
        {
            for (var slope = 0; slope < slopes; slope++)
            {
                if (best[Width - 1, y, slope] > top)
                {
                    (top, end, last) = (best[Width - 1, y, slope], y, slope);
                }
            }
        }

        var grey = (byte[])_grey.Clone();
        for (var (x, y, slope) = (Width - 1, end, last); x > 0; x--)
        {
            int up = y,
                down = y;
            while (up > 0 && IsInk(x, up - 1))
            {
                up--;
            }
            while (down < Height - 1 && IsInk(x, down + 1))
            {
                down++;
            }
            if (down - up <= 24)
            {
                for (var at = up; at <= down; at++)
                {
                    grey[(at * Width) + x] = 255;
                }
            }

            (y, slope) = (y - (slope - MaxSlope), from[x, y, slope]);
        }

        return new InkPicture(grey, Width, Height);
    }

    /// <summary>As a file.</summary>
    public byte[] Png()
    {
        using var bitmap = new SKBitmap(new SKImageInfo(Width, Height, SKColorType.Gray8, SKAlphaType.Opaque));
        for (var y = 0; y < Height; y++)
        {
            Marshal.Copy(_grey, y * Width, bitmap.GetPixels() + (y * bitmap.RowBytes), Width);
        }
        using var data = bitmap.Encode(SKEncodedImageFormat.Png, 100);
        return data.ToArray();
    }

    private InkPicture With(Func<int, byte> grey) =>
        new([.. Enumerable.Range(0, _grey.Length).Select(grey)], Width, Height);

    // Everything within a radius of ink becomes ink, or of paper paper.
    private InkPicture Spread(int radius, bool ink)
    {
        var spread = (byte[])_grey.Clone();
        for (var y = radius; y < Height - radius; y++)
        {
            for (var x = radius; x < Width - radius; x++)
            {
                if (
                    IsInk(x, y) != ink
                    || (
                        IsInk(x - 1, y) == ink
                        && IsInk(x + 1, y) == ink
                        && IsInk(x, y - 1) == ink
                        && IsInk(x, y + 1) == ink
                    )
                )
                {
                    continue;
                }
                for (var down = -radius; down <= radius; down++)
                {
                    for (var right = -radius; right <= radius; right++)
                    {
                        if ((down * down) + (right * right) <= radius * radius)
                        {
                            spread[((y + down) * Width) + x + right] = ink ? (byte)0 : (byte)255;
                        }
                    }
                }
            }
        }

        return new InkPicture(spread, Width, Height);
    }
}
