namespace PortalServices.Feedback.Captcha.Sound;

/// <summary>
/// What lies under the voices of a sound, from its start to its end: noise that changes its colour, and two other
/// voices that go on saying characters, more softly.
/// </summary>
internal static class Noise
{
    /// <summary>The colour and strength of the noise drift from one value to the next in so many samples.</summary>
    private const int Drift = Wave.Rate / 4;

    /// <summary>Lays noise under a track. Voices and hiss together are about 6 dB below what is to be heard.</summary>
    public static void Lay(Span<float> track, SpokenCharacters spoken, SeededNumbers numbers)
    {
        Hiss(track, numbers);
        Others(track, spoken.All, numbers);
    }

    private static void Hiss(Span<float> track, SeededNumbers numbers)
    {
        float low = 0,
            colour = Colour(),
            strength = Strength();
        for (var start = 0; start < track.Length; start += Drift)
        {
            float nextColour = Colour(),
                nextStrength = Strength();
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

        float Strength() => (float)numbers.Between(0.025, 0.045);
    }

    // Two at a time all along, by the same recordings as what is to be heard: a comparison with those finds them as
    // well, and only how loud they are parts them.
    private static void Others(Span<float> track, IReadOnlyList<float[]> recordings, SeededNumbers numbers)
    {
        for (var layer = 0; layer < 2; layer++)
        {
            for (var start = -numbers.Below(Wave.Rate / 2); start < track.Length; start += numbers.Below(Wave.Rate / 8))
            {
                var samples = CaptchaSound.AnyVoice(recordings, numbers);
                var strength = (float)numbers.Between(0.27, 0.43);
                for (var at = Math.Max(0, -start); at < samples.Length && start + at < track.Length; at++)
                {
                    track[start + at] += strength * samples[at];
                }
                start += samples.Length;
            }
        }
    }
}
