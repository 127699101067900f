namespace PortalServices.Feedback.Tests.Captcha.Attack;

/// <summary>
/// Hears sounds by the recordings that the product ships, at several speeds and pitches: at every moment each is
/// compared with what is heard, and the six that fit best without overlapping are the answer.
/// </summary>
internal sealed class SoundMatcher
{
    private static readonly double[] Speeds = [0.8, 0.9, 1, 1.1, 1.22],
        Pitches = [0.87, 1, 1.15];

    private readonly List<(char Character, float[] Frames)> _templates = [];

    public SoundMatcher(string language)
    {
        var spoken = SpokenCharacters.In(language);
        foreach (var character in CaptchaAlphabet.Characters)
        {
            foreach (var recording in spoken.Voices(character))
            {
                foreach (var speed in Speeds)
                {
                    foreach (var pitch in Pitches)
                    {
                        _templates.Add((character, Normal(Spectrum.Of(Changed(recording, pitch, speed)))));
                    }
                }
            }
        }
    }

    /// <summary>What it hears.</summary>
    public string Hear(float[] samples)
    {
        var heard = Spectrum.Of(samples);
        var count = heard.Length / Spectrum.Bands;
        // The best way to have said so many characters before a frame.
        var best = new (float Score, string Text)[CaptchaAlphabet.Length + 1, count + 1];
        for (var said = 0; said <= CaptchaAlphabet.Length; said++)
        {
            for (var at = 0; at <= count; at++)
            {
                best[said, at] = (said == 0 ? 0 : float.NegativeInfinity, "");
            }
        }

        var fits = Fits(heard, count);
        for (var said = 1; said <= CaptchaAlphabet.Length; said++)
        {
            for (var end = 1; end <= count; end++)
            {
                best[said, end] = best[said, end - 1];
                foreach (var (character, start, score) in fits[end])
                {
                    if (best[said - 1, start].Score + score > best[said, end].Score)
                    {
                        best[said, end] = (best[said - 1, start].Score + score, best[said - 1, start].Text + character);
                    }
                }
            }
        }

        return best[CaptchaAlphabet.Length, count].Text;
    }

    /// <summary>For every end, how well each template fits that ends there.</summary>
    private List<(char Character, int Start, float Score)>[] Fits(float[] heard, int count)
    {
        var fits = new List<(char, int, float)>[count + 1];
        for (var end = 0; end <= count; end++)
        {
            fits[end] = [];
        }
        foreach (var (character, frames) in _templates)
        {
            var length = frames.Length / Spectrum.Bands;
            for (var start = 0; start + length <= count; start++)
            {
                var score = Likeness(frames, heard.AsSpan(start * Spectrum.Bands, frames.Length));
                if (score > 0.25)
                {
                    fits[start + length].Add((character, start, score));
                }
            }
        }

        return fits;
    }

    /// <summary>The correlation of two pictures of a sound, each without what its bands have in common.</summary>
    private static float Likeness(ReadOnlySpan<float> template, ReadOnlySpan<float> heard)
    {
        float product = 0,
            sum = 0,
            squares = 0;
        for (var at = 0; at < template.Length; at++)
        {
            product += template[at] * heard[at];
            sum += heard[at];
            squares += heard[at] * heard[at];
        }

        var power = squares - (sum * sum / template.Length);
        return power > 1e-6 ? product / MathF.Sqrt(power) : 0;
    }

    // Mean 0 and length 1.
    private static float[] Normal(float[] frames)
    {
        var mean = frames.Average();
        var length = MathF.Sqrt(frames.Sum(each => (each - mean) * (each - mean)));
        return [.. frames.Select(each => (each - mean) / length)];
    }

    private static float[] Changed(float[] recording, double pitch, double speed) =>
        Voice.Of(recording, (float)pitch, (float)speed);
}
