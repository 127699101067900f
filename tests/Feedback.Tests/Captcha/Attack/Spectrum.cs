namespace PortalServices.Feedback.Tests.Captcha.Attack;

/// <summary>What an ear keeps of a sound: how strong it is in some bands, a hundred times a second. A power of less
/// than 1, as ears have it, leaves the louder voice in front of the softer ones; the logarithm, tried too, hears half
/// as much.</summary>
internal static class Spectrum
{
    /// <summary>Bands of a frame.</summary>
    public const int Bands = 26;

    /// <summary>Samples from a frame to the next.</summary>
    public const int Hop = Wave.Rate / 100;

    private const int Size = 512;

    private static readonly double[] Window =
    [
        .. Enumerable.Range(0, Size).Select(at => 0.5 - (0.5 * Math.Cos(Math.Tau * at / Size))),
    ];

    /// <summary>
    /// The edges of the bands, equally far apart in mel, from 100 Hz to 6,500 Hz, as places of the transform.
    /// </summary>
    private static readonly double[] Edges =
    [
        .. Enumerable
            .Range(0, Bands + 2)
            .Select(at => Hertz(Mel(100) + ((Mel(6_500) - Mel(100)) * at / (Bands + 1))) * Size / Wave.Rate),
    ];

    /// <summary>The frames, one after another.</summary>
    public static float[] Of(ReadOnlySpan<float> samples)
    {
        var count = Math.Max(1, ((samples.Length - Size) / Hop) + 1);
        var frames = new float[count * Bands];
        var (real, imaginary) = (new double[Size], new double[Size]);
        for (var frame = 0; frame < count; frame++)
        {
            for (var at = 0; at < Size; at++)
            {
                var from = (frame * Hop) + at;
                (real[at], imaginary[at]) = (from < samples.Length ? samples[from] * Window[at] : 0, 0);
            }

            Transform(real, imaginary);
            for (var band = 0; band < Bands; band++)
            {
                double low = Edges[band],
                    middle = Edges[band + 1],
                    high = Edges[band + 2],
                    sum = 0;
                for (var at = (int)Math.Ceiling(low); at < high; at++)
                {
                    sum +=
                        (at < middle ? (at - low) / (middle - low) : (high - at) / (high - middle))
                        * ((real[at] * real[at]) + (imaginary[at] * imaginary[at]));
                }
                frames[(frame * Bands) + band] = (float)Math.Pow(sum, 0.3);
            }
        }

        return frames;
    }

    // Cooley and Tukey, in place.
    private static void Transform(double[] real, double[] imaginary)
    {
        for (int at = 1, other = 0; at < Size; at++)
        {
            var bit = Size >> 1;
            for (; (other & bit) != 0; bit >>= 1)
            {
                other ^= bit;
            }
            other ^= bit;
            if (at < other)
            {
                (real[at], real[other], imaginary[at], imaginary[other]) = (
                    real[other],
                    real[at],
                    imaginary[other],
                    imaginary[at]
                );
            }
        }

        for (var length = 2; length <= Size; length <<= 1)
        {
            for (var start = 0; start < Size; start += length)
            {
                for (var at = 0; at < length / 2; at++)
                {
                    var (sin, cos) = Math.SinCos(-Math.Tau * at / length);
                    int one = start + at,
                        two = one + (length / 2);
                    double x = (real[two] * cos) - (imaginary[two] * sin),
                        y = (real[two] * sin) + (imaginary[two] * cos);
                    (real[two], imaginary[two], real[one], imaginary[one]) = (
                        real[one] - x,
                        imaginary[one] - y,
                        real[one] + x,
                        imaginary[one] + y
                    );
                }
            }
        }
    }

    private static double Mel(double hertz) => 2595 * Math.Log10(1 + (hertz / 700));

    private static double Hertz(double mel) => 700 * (Math.Pow(10, mel / 2595) - 1);
}
