using SkiaSharp;

namespace PortalServices.Feedback.Captcha;

/// <summary>A round pen whose width changes along a line; all its lines together are one path, so that they do not show through each other.</summary>
internal sealed class Pen : IDisposable
{
    /// <summary>Corners of the polygon that stands for a round tip.</summary>
    const int TipCorners = 12;

    static readonly SKPoint[] Tip =
    [
        .. Enumerable.Range(0, TipCorners).Select(corner => Math.SinCos(Math.Tau * corner / TipCorners)).Select(at => new SKPoint((float)at.Cos, (float)at.Sin)),
    ];

    readonly SKPathBuilder _path = new() { FillType = SKPathFillType.Winding };
    readonly SKPoint[] _side = new SKPoint[4];
    readonly SKPoint[] _tip = new SKPoint[TipCorners];

    /// <summary>Draws a line.</summary>
    /// <param name="points">In pixels.</param>
    /// <param name="width">Of the pen at a point of the line, by its index.</param>
    public void Draw(ReadOnlySpan<SKPoint> points, Func<int, float> width)
    {
        for (var at = 0; at < points.Length; at++)
        {
            var half = width(at) / 2;
            Touch(points[at], half);
            if (at > 0)
                Join(points[at - 1], width(at - 1) / 2, points[at], half);
        }
    }

    /// <summary>Makes a dot.</summary>
    public void Touch(SKPoint point, float radius)
    {
        for (var corner = 0; corner < TipCorners; corner++)
            _tip[corner] = Snapped(point.X + (Tip[corner].X * radius), point.Y + (Tip[corner].Y * radius));
        _path.AddPoly(_tip, close: true);
    }

    /// <summary>Puts everything drawn onto a picture.</summary>
    public void Fill(SKCanvas canvas, SKColor colour)
    {
        using var path = _path.Detach();
        using var paint = new SKPaint { Color = colour, IsAntialias = true };
        canvas.DrawPath(path, paint);
    }

    public void Dispose() => _path.Dispose();

    // Its corners run the same way as those of a tip whatever the direction is, so that what overlaps stays filled.
    void Join(SKPoint from, float fromHalf, SKPoint to, float toHalf)
    {
        var length = SKPoint.Distance(from, to);
        if (length == 0)
            return;
        float x = (to.Y - from.Y) / length, y = (from.X - to.X) / length;
        _side[0] = Snapped(from.X + (x * fromHalf), from.Y + (y * fromHalf));
        _side[1] = Snapped(to.X + (x * toHalf), to.Y + (y * toHalf));
        _side[2] = Snapped(to.X - (x * toHalf), to.Y - (y * toHalf));
        _side[3] = Snapped(from.X - (x * fromHalf), from.Y - (y * fromHalf));
        _path.AddPoly(_side, close: true);
    }

    // The last bits of a sine differ between machines; a pixel must not.
    static SKPoint Snapped(float x, float y) => new(MathF.Round(x * 64) / 64, MathF.Round(y * 64) / 64);
}
