namespace PortalServices.Feedback.Captcha.Sound;

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
