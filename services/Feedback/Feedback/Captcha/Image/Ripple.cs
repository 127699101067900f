using SkiaSharp;

namespace PortalServices.Feedback.Captcha.Image;

/// <summary>
/// A field that moves every point of a plane along two waves, each by where the point is on the other axis; it is
/// nowhere linear.
/// </summary>
internal sealed class Ripple
{
    private readonly double _right,
        _rightWave,
        _rightPhase,
        _rightDrift,
        _down,
        _downWave,
        _downPhase,
        _downDrift;

    /// <param name="numbers">Where its strength and phases come from.</param>
    /// <param name="right">The most that a point moves along x, in the plane's unit.</param>
    /// <param name="down">The most that a point moves along y.</param>
    /// <param name="height">One wave along y is about so long, one along x twice to four times as long.</param>
    public Ripple(SeededNumbers numbers, double right, double down, double height)
    {
        _right = numbers.Between(0.6, 1) * right;
        _down = numbers.Between(0.6, 1) * down;
        _rightWave = Math.Tau / (numbers.Between(0.8, 1.4) * height);
        _downWave = Math.Tau / (numbers.Between(2, 4) * height / 2);
        _rightPhase = numbers.Between(0, Math.Tau);
        _downPhase = numbers.Between(0, Math.Tau);
        _rightDrift = numbers.Between(-0.4, 0.4) * _rightWave;
        _downDrift = numbers.Between(-0.4, 0.4) * _downWave;
    }

    /// <summary>Where a point comes to lie.</summary>
    public SKPoint Move(SKPoint point) =>
        new(
            (float)(point.X + (_right * Math.Sin((point.Y * _rightWave) + (point.X * _rightDrift) + _rightPhase))),
            (float)(point.Y + (_down * Math.Sin((point.X * _downWave) + (point.Y * _downDrift) + _downPhase)))
        );
}
