using SkiaSharp;

namespace PortalServices.Feedback.Captcha.Image;

/// <summary>A round pen of one opaque colour whose width changes along a line.</summary>
internal sealed class Pen(SKCanvas canvas, SKColor colour) : IDisposable
{
    private readonly SKPaint _paint = new()
    {
        Color = colour,
        IsAntialias = true,
        IsStroke = true,
        StrokeCap = SKStrokeCap.Round,
    };

    /// <summary>Draws a line.</summary>
    /// <param name="points">In pixels.</param>
    /// <param name="width">Of the pen at a point of the line, by its index.</param>
    public void Draw(ReadOnlySpan<SKPoint> points, Func<int, float> width)
    {
        for (var at = 1; at < points.Length; at++)
        {
            _paint.StrokeWidth = Snapped(width(at));
            canvas.DrawLine(
                Snapped(points[at - 1].X),
                Snapped(points[at - 1].Y),
                Snapped(points[at].X),
                Snapped(points[at].Y),
                _paint
            );
        }
    }

    /// <summary>Makes a dot.</summary>
    public void Touch(SKPoint point, float radius)
    {
        _paint.StrokeWidth = Snapped(2 * radius);
        canvas.DrawPoint(Snapped(point.X), Snapped(point.Y), _paint);
    }

    public void Dispose() => _paint.Dispose();

    // The last bits of a sine differ between machines; a pixel must not.
    private static float Snapped(float number) => MathF.Round(number * 64) / 64;
}
