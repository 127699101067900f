namespace PortalServices.LoadTests.Scenarios;

/// <summary>Numbers from 0 on, of which number k comes with a probability proportional to 1 / (k + 1).</summary>
internal sealed class Zipf
{
    private readonly double[] _upTo;

    public Zipf(int count)
    {
        _upTo = new double[count];
        var sum = 0.0;
        for (var i = 0; i < count; i++)
        {
            _upTo[i] = sum += 1.0 / (i + 1);
        }
        for (var i = 0; i < count; i++)
        {
            _upTo[i] /= sum;
        }
    }

    /// <summary>The number for a fraction from 0 to 1.</summary>
    public int At(double fraction)
    {
        var found = Array.BinarySearch(_upTo, fraction);
        return Math.Min(found < 0 ? ~found : found, _upTo.Length - 1);
    }
}
