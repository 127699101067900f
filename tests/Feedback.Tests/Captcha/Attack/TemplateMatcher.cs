using SkiaSharp;

namespace PortalServices.Feedback.Tests.Captcha.Attack;

/// <summary>
/// Reads pictures by the shapes that the product ships, at several widths, leans and turns: at every place each is laid
/// over the ink, and the six that fit best from left to right are the answer. A shape fits as far as its line lies on
/// ink, and the ink about it on its line.
/// </summary>
internal sealed class TemplateMatcher
{
    private const int Step = 2;

    /// <summary>
    /// Shapes in pixels of the served picture: the points of the line, and the points of the box around them that lie
    /// off it.
    /// </summary>
    private readonly List<(
        char Character,
        int Width,
        int Height,
        (int X, int Y)[] On,
        (int X, int Y)[] Off
    )> _templates = [];

    public TemplateMatcher()
    {
        foreach (var character in CaptchaAlphabet.Characters)
        {
            foreach (var shape in GlyphShape.Of(character))
            {
                foreach (var turn in new[] { -0.16, 0, 0.16 })
                {
                    foreach (var shear in new[] { -0.1, 0.1 })
                    {
                        Add(character, shape, turn, shear);
                    }
                }
            }
        }
    }

    /// <summary>What it reads.</summary>
    public string Read(byte[] png)
    {
        using var picture = SKBitmap.Decode(png);
        var isInk = picture.Pixels.Select(pixel => pixel.Red + pixel.Green + pixel.Blue < 3 * 140).ToArray();
        // The best text of so many characters whose last one ends before a column.
        var best = new (double Score, string Text)[CaptchaAlphabet.Length + 1, picture.Width + 1];
        for (var read = 1; read <= CaptchaAlphabet.Length; read++)
        {
            for (var x = 0; x <= picture.Width; x++)
            {
                best[read, x] = (double.NegativeInfinity, "");
            }
        }

        for (var x = 0; x <= picture.Width; x++)
        {
            best[0, x] = (0, "");
        }
        var fits = Fits(isInk, picture.Width, picture.Height);
        for (var read = 1; read <= CaptchaAlphabet.Length; read++)
        {
            for (var end = 1; end <= picture.Width; end++)
            {
                best[read, end] = best[read, end - 1];
                foreach (var (character, start, score) in fits[end])
                {
                    // Neighbours reach into each other a little.
                    var before = best[read - 1, Math.Min(picture.Width, start + 4)];
                    if (before.Score + score > best[read, end].Score)
                    {
                        best[read, end] = (before.Score + score, before.Text + character);
                    }
                }
            }
        }

        return best[CaptchaAlphabet.Length, picture.Width].Text;
    }

    private List<(char Character, int Start, double Score)>[] Fits(bool[] isInk, int width, int height)
    {
        var fits = Enumerable.Range(0, width + 1).Select(_ => new List<(char, int, double)>()).ToArray();
        foreach (var (character, wide, high, on, off) in _templates)
        {
            for (var x = 0; x + wide <= width; x += Step)
            {
                var most = double.NegativeInfinity;
                for (var y = 0; y + high <= height; y += Step)
                {
                    var score = (2.0 * Share(isInk, width, on, x, y)) - Share(isInk, width, off, x, y) - 1;
                    most = Math.Max(most, score);
                }

                // By its width, so that two narrow ones are not more than a wide one.
                if (most > 0.2)
                {
                    fits[x + wide].Add((character, x, most * wide));
                }
            }
        }

        return fits;
    }

    private static double Share(bool[] isInk, int width, (int X, int Y)[] points, int x, int y)
    {
        var ink = 0;
        foreach (var point in points)
        {
            ink += isInk[((y + point.Y) * width) + x + point.X] ? 1 : 0;
        }
        return (double)ink / points.Length;
    }

    private void Add(char character, GlyphShape shape, double turn, double shear)
    {
        const double High = 0.53,
            Wide = 0.48;
        var (sin, cos) = Math.SinCos(turn);
        var points = shape
            .Lines.SelectMany(line => line)
            .Select(point =>
            {
                double y = (point.Y - 50) * High,
                    x = (point.X * Wide) - (shear * y);
                return (X: (int)Math.Round((x * cos) - (y * sin)), Y: (int)Math.Round((x * sin) + (y * cos)));
            })
            .ToList();
        int left = points.Min(point => point.X),
            top = points.Min(point => point.Y);
        var on = points.Select(point => (X: point.X - left, Y: point.Y - top)).Distinct().ToArray();
        int width = on.Max(point => point.X) + 1,
            height = on.Max(point => point.Y) + 1;
        var off = new List<(int, int)>();
        for (var y = 0; y < height; y += 2)
        {
            for (var x = 0; x < width; x += 2)
            {
                if (on.Min(point => ((point.X - x) * (point.X - x)) + ((point.Y - y) * (point.Y - y))) > 36)
                {
                    off.Add((x, y));
                }
            }
        }

        if (off.Count > 0)
        {
            _templates.Add((character, width, height, on, [.. off]));
        }
    }
}
