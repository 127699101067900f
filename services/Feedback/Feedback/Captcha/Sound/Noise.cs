namespace PortalServices.Feedback.Captcha;

/// <summary>What lies under the voices of a sound, from its start to its end: noise that changes its colour, and scraps of voices played backwards.</summary>
internal static class Noise
{
    /// <summary>The colour and strength of the noise drift from one value to the next in so many samples.</summary>
    const int Drift = Wave.Rate / 4;

    /// <summary>Lays noise under a track. Scraps and hiss together are about 11 dB below the voices.</summary>
    public static void Lay(Span<float> track, SpokenCharacters spoken, SeededNumbers numbers)
    {
        Hiss(track, numbers);
        Scraps(track, spoken.All, numbers);
    }

    static void Hiss(Span<float> track, SeededNumbers numbers)
    {
        float low = 0, colour = Colour(), strength = Strength();
        for (var start = 0; start < track.Length; start += Drift)
        {
            float nextColour = Colour(), nextStrength = Strength();
            var part = track.Slice(start, Math.Min(Drift, track.Length - start));
            uint bits = 0;
            for (var at = 0; at < part.Length; at++)
            {
                // A number gives two samples.
                bits = (at & 1) == 0 ? numbers.Next() : bits >> 16;
                var white = (short)(ushort)bits / 32768f;
                var along = (float)at / Drift;
                low += (colour + ((nextColour - colour) * along)) * (white - low);
                part[at] += (strength + ((nextStrength - strength) * along)) * ((0.35f * white) + low);
            }

            (colour, strength) = (nextColour, nextStrength);
        }

        // The share of each sample in the low part: the less, the deeper it sounds.
        float Colour() => (float)numbers.Between(0.08, 0.6);

        float Strength() => (float)numbers.Between(0.03, 0.055);
    }

    // Two at a time all along, so that a pause between characters is none for a machine.
    static void Scraps(Span<float> track, IReadOnlyList<float[]> recordings, SeededNumbers numbers)
    {
        for (var layer = 0; layer < 2; layer++)
        {
            for (var start = -numbers.Below(Wave.Rate / 8); start < track.Length;)
            {
                var recording = numbers.Pick(recordings);
                var length = Math.Min(recording.Length, (int)numbers.Between(0.07 * Wave.Rate, 0.18 * Wave.Rate));
                var end = length + numbers.Below(recording.Length - length + 1) - 1;
                var strength = (float)numbers.Between(0.16, 0.3);
                for (var at = Math.Max(0, -start); at < length && start + at < track.Length; at++)
                {
                    var along = (float)at / length;
                    track[start + at] += strength * 4 * along * (1 - along) * recording[end - at];
                }

                start += (int)(length * numbers.Between(0.6, 0.9));
            }
        }
    }
}
