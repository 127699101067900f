using System.Buffers;

namespace PortalServices.Feedback.Captcha.Sound;

/// <summary>
/// An answer spoken for those who cannot see its picture, before other voices and over noise of its own. WCAG 2.2,
/// 1.1.1 asks for such a form; 1.4.7 exempts audio captchas from its limit for background sound. Answer, seed and
/// language alone decide every byte, so that fetching it again and averaging teaches nothing.
/// </summary>
internal static class CaptchaSound
{
    /// <summary>The sound: a WAVE file, PCM, one channel, 16 bits, 16 kHz.</summary>
    /// <param name="answer">Of <see cref="CaptchaAlphabet"/>.</param>
    /// <param name="seed">Secret, and another for each challenge.</param>
    /// <param name="language"><c>vi</c> or <c>en</c>.</param>
    public static byte[] Render(string answer, ReadOnlySpan<byte> seed, string language)
    {
        if (!CaptchaAlphabet.IsAnswer(answer))
        {
            throw new ArgumentException("Not an answer.", nameof(answer));
        }
        var spoken = SpokenCharacters.In(language);
        var numbers = new SeededNumbers($"sound {language}", seed);
        var utterances = Plan(answer, spoken, numbers, out var length);
        var rented = ArrayPool<float>.Shared.Rent(length);
        try
        {
            var track = rented.AsSpan(0, length);
            track.Clear();
            foreach (var utterance in utterances)
            {
                utterance.Speak(track);
            }
            Noise.Lay(track, spoken, numbers);
            return Wave.Write(track);
        }
        finally
        {
            ArrayPool<float>.Shared.Return(rented);
        }
    }

    /// <summary>When each character is said, and how.</summary>
    internal static List<Utterance> Plan(string answer, SpokenCharacters spoken, SeededNumbers numbers, out int length)
    {
        var utterances = new List<Utterance>(answer.Length);
        var at = Pause(numbers);
        foreach (var character in answer)
        {
            var utterance = new Utterance(at, AnyVoice(spoken.Voices(character), numbers));
            utterances.Add(utterance);
            at += utterance.Length + Pause(numbers);
        }

        length = at;
        return utterances;
    }

    /// <summary>
    /// One of some recordings, by chance up to a fifth faster or slower and, apart from that, a sixth higher or lower.
    /// </summary>
    internal static float[] AnyVoice(IReadOnlyList<float[]> recordings, SeededNumbers numbers) =>
        Voice.Of(numbers.Pick(recordings), (float)numbers.Between(0.86, 1.17), (float)numbers.Between(0.8, 1.2));

    private static int Pause(SeededNumbers numbers) => (int)numbers.Between(0.45 * Wave.Rate, 0.95 * Wave.Rate);
}

/// <summary>One character said once.</summary>
/// <param name="Start">The sample at which it begins.</param>
/// <param name="Samples">How it sounds.</param>
internal sealed record Utterance(int Start, float[] Samples)
{
    /// <summary>Samples that it takes.</summary>
    public int Length => Samples.Length;

    /// <summary>Adds it to a track.</summary>
    public void Speak(Span<float> track)
    {
        for (var at = 0; at < Samples.Length; at++)
        {
            track[Start + at] += Samples[at];
        }
    }
}
