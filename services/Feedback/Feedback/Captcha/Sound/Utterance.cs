namespace PortalServices.Feedback.Captcha;

/// <summary>One character said once.</summary>
/// <param name="Start">The sample at which it begins.</param>
/// <param name="Recording">What is said.</param>
/// <param name="Speed">1 as it was recorded; faster is higher.</param>
/// <param name="Glide">By how much the speed grows until the end.</param>
internal sealed record Utterance(int Start, float[] Recording, float Speed, float Glide)
{
    /// <summary>Samples that it takes.</summary>
    public int Length { get; } = (int)(Recording.Length / (Speed + (Glide / 2)));

    /// <summary>Adds it to a track.</summary>
    public void Speak(Span<float> track)
    {
        for (var at = 0; at < Length; at++)
        {
            var position = at * (Speed + (Glide / 2 * at / Length));
            var whole = (int)position;
            track[Start + at] += Between(Sample(whole - 1), Sample(whole), Sample(whole + 1), Sample(whole + 2), position - whole);
        }
    }

    float Sample(int at) => at >= 0 && at < Recording.Length ? Recording[at] : 0;

    // The cubic curve of Catmull and Rom through the two middle samples.
    static float Between(float before, float from, float to, float after, float share) =>
        from + (0.5f * share * (to - before + (share * ((2 * before) - (5 * from) + (4 * to) - after + (share * ((3 * (from - to)) + after - before))))));
}
