namespace PortalServices.Feedback.Captcha.Sound;

/// <summary>
/// A recording with another pitch and another speed. It is read faster or slower, which changes both, and then made
/// longer or shorter by laying pieces over each other where they fit best (WSOLA: Verhelst and Roelands, 1993). Sums,
/// products and quotients alone: the same bytes on every machine.
/// </summary>
internal static class Voice
{
    /// <summary>Half of a piece; two overlap everywhere.</summary>
    private const int Half = Wave.Rate / 80;

    /// <summary>
    /// How far from its place a piece is looked for; more than a half of the longest period of a voice.
    /// </summary>
    private const int Near = Wave.Rate / 125;

    /// <summary>Makes it.</summary>
    /// <param name="recording">Samples.</param>
    /// <param name="pitch">How many times higher.</param>
    /// <param name="speed">How many times faster.</param>
    public static float[] Of(float[] recording, float pitch, float speed) =>
        Stretched(Resampled(recording, pitch), speed / pitch);

    private static float[] Resampled(float[] recording, float step)
    {
        var made = new float[(int)(recording.Length / step)];
        for (var at = 0; at < made.Length; at++)
        {
            var position = at * step;
            var whole = (int)position;
            made[at] = Between(
                Sample(recording, whole - 1),
                Sample(recording, whole),
                Sample(recording, whole + 1),
                Sample(recording, whole + 2),
                position - whole
            );
        }

        return made;
    }

    private static float[] Stretched(float[] samples, float speed)
    {
        var made = new float[(int)(samples.Length / speed)];
        // Where the last piece would go on by itself: the next one is to look like that.
        var next = -Half;
        for (var to = -Half; to < made.Length; to += Half)
        {
            var from = Best(samples, (int)(to * speed), next);
            for (var at = 0; at < 2 * Half; at++)
            {
                if (to + at >= 0 && to + at < made.Length)
                {
                    made[to + at] +=
                        Sample(samples, from + at) * (at < Half ? at + 0.5f : (2 * Half) - at - 0.5f) / Half;
                }
            }

            next = from + Half;
        }

        return made;
    }

    private static int Best(float[] samples, int place, int wanted)
    {
        var (best, likeness) = (place, float.NegativeInfinity);
        for (var from = place - Near; from <= place + Near; from += 2)
        {
            float product = 0,
                power = 1e-6f;
            // Every third is enough to find the period.
            for (var at = 0; at < 2 * Half; at += 3)
            {
                var sample = Sample(samples, from + at);
                product += sample * Sample(samples, wanted + at);
                power += sample * sample;
            }

            var like = product / MathF.Sqrt(power);
            if (like > likeness)
            {
                (best, likeness) = (from, like);
            }
        }

        return best;
    }

    private static float Sample(float[] samples, int at) => at >= 0 && at < samples.Length ? samples[at] : 0;

    // The cubic curve of Catmull and Rom through the two middle samples.
    private static float Between(float before, float from, float to, float after, float share) =>
        from
        + (
            0.5f
            * share
            * (
                to
                - before
                + (
                    share
                    * ((2 * before) - (5 * from) + (4 * to) - after + (share * ((3 * (from - to)) + after - before)))
                )
            )
        );
}
