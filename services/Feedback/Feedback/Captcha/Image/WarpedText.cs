using SkiaSharp;

namespace PortalServices.Feedback.Captcha.Image;

/// <summary>
/// The characters of an answer as lines in a picture: each in one of its shapes, bent and turned, touching its
/// neighbours, and all bent together.
/// </summary>
internal static class WarpedText
{
    /// <summary>Neighbours are compared in bands of so many pixels.</summary>
    private const int Band = 5;

    /// <summary>The lines of an answer and the width of the pen for each, in pixels.</summary>
    public static List<(SKPoint[] Points, float Width)> Lay(string answer, SKRect room, SeededNumbers numbers)
    {
        var lines = new List<(SKPoint[] Points, float Width)>();
        var edge = new float[(int)(room.Bottom / Band) + 1];
        Array.Fill(edge, float.NaN);
        foreach (var character in answer)
        {
            var width = (float)numbers.Between(4.2, 5.8);
            var glyph = Bent(numbers.Pick(GlyphShape.Of(character)), room, numbers);
            var shift = Shift(edge, glyph, overlap: (float)numbers.Between(-5, -2) - width);
            Array.Fill(edge, float.NaN);
            foreach (var line in glyph)
            {
                for (var at = 0; at < line.Length; at++)
                {
                    line[at].X += shift;
                    var band = BandOf(line[at].Y, edge);
                    edge[band] = float.IsNaN(edge[band]) ? line[at].X : Math.Max(edge[band], line[at].X);
                }

                lines.Add((line, width));
            }
        }

        Fit(lines, room, numbers);
        return lines;
    }

    private static List<SKPoint[]> Bent(GlyphShape shape, SKRect room, SeededNumbers numbers)
    {
        var ripple = new Ripple(numbers, right: 4, down: 3, height: GlyphShape.Height);
        double high = numbers.Between(0.50, 0.60),
            wide = numbers.Between(0.45, 0.53),
            shear = numbers.Between(-0.2, 0.2);
        var (sin, cos) = Math.SinCos(numbers.Between(-0.18, 0.18));
        var middle = room.MidY + numbers.Between(-10, 10);
        return
        [
            .. shape
                .Redrawn(numbers)
                .Select(line =>
                    Array.ConvertAll(
                        line,
                        point =>
                        {
                            var bent = ripple.Move(point);
                            double y = (bent.Y - (GlyphShape.Height / 2)) * high,
                                x = (bent.X * wide) - (shear * y);
                            return new SKPoint((float)((x * cos) - (y * sin)), (float)(middle + (x * sin) + (y * cos)));
                        }
                    )
                ),
        ];
    }

    // So far right that the glyph comes as near its left neighbour as is wanted, where they are nearest.
    private static float Shift(float[] edge, List<SKPoint[]> glyph, float overlap)
    {
        float shift = float.NegativeInfinity,
            left = float.PositiveInfinity,
            right = float.NegativeInfinity;
        foreach (var point in glyph.SelectMany(line => line))
        {
            left = Math.Min(left, point.X);
            right = Math.Max(right, point.X);
            var band = BandOf(point.Y, edge);
            for (var near = Math.Max(0, band - 1); near <= Math.Min(edge.Length - 1, band + 1); near++)
            {
                if (!float.IsNaN(edge[near]))
                {
                    shift = Math.Max(shift, edge[near] - point.X);
                }
            }
        }

        if (float.IsNegativeInfinity(shift))
        {
            return -left;
        }
        // A J does not slip under a T.
        return Math.Max(shift - overlap, edge.Where(x => !float.IsNaN(x)).Max() - left - (0.1f * (right - left)));
    }

    private static void Fit(List<(SKPoint[] Points, float Width)> lines, SKRect room, SeededNumbers numbers)
    {
        var ripple = new Ripple(numbers, right: 4, down: 6, height: room.Height);
        foreach (var (points, _) in lines)
        {
            for (var at = 0; at < points.Length; at++)
            {
                points[at] = ripple.Move(points[at]);
            }
        }

        var all = lines.SelectMany(line => line.Points).ToList();
        float left = all.Min(point => point.X),
            right = all.Max(point => point.X),
            top = all.Min(point => point.Y),
            bottom = all.Max(point => point.Y);
        float wide = Math.Min(1, room.Width / (right - left)),
            high = Math.Min(1, room.Height / (bottom - top));
        var x = room.Left + (float)(numbers.Between(0, 1) * (room.Width - (wide * (right - left))));
        var y = room.Top + (float)(numbers.Between(0, 1) * (room.Height - (high * (bottom - top))));
        foreach (var (points, _) in lines)
        {
            for (var at = 0; at < points.Length; at++)
            {
                points[at] = new(x + (wide * (points[at].X - left)), y + (high * (points[at].Y - top)));
            }
        }
    }

    private static int BandOf(float y, float[] edge) => Math.Clamp((int)(y / Band), 0, edge.Length - 1);
}
