using System.Collections.Frozen;

namespace PortalServices.Feedback.Captcha.Sound;

/// <summary>
/// The names of the characters as voices say them in one language, all equally loud. How they were recorded stands
/// beside the recordings.
/// </summary>
internal sealed class SpokenCharacters
{
    /// <summary>The root mean square of each recording, of the full scale of 1.</summary>
    public const float Loudness = 0.1f;

    /// <summary>No sample is farther from silence, whatever the loudness.</summary>
    private const float Peak = 0.8f;

    private static readonly Lazy<SpokenCharacters> Vietnamese = new(() => new(RequestLanguage.Vietnamese));
    private static readonly Lazy<SpokenCharacters> English = new(() => new(RequestLanguage.English));

    private const string VoiceNames = "fgmn";

    private readonly FrozenDictionary<char, float[][]> _voices;

    private SpokenCharacters(string language)
    {
        _voices = CaptchaAlphabet.Characters.ToFrozenDictionary(
            character => character,
            character => VoiceNames.Select(voice => Load(language, character, voice)).ToArray()
        );
        All = [.. CaptchaAlphabet.Characters.SelectMany(character => _voices[character])];
    }

    /// <summary>Every recording.</summary>
    public IReadOnlyList<float[]> All { get; }

    /// <summary>Those of a language, <c>vi</c> or <c>en</c>; they are read once and kept, about 5 MB.</summary>
    public static SpokenCharacters In(string language) =>
        language switch
        {
            RequestLanguage.Vietnamese => Vietnamese.Value,
            RequestLanguage.English => English.Value,
            _ => throw new ArgumentException("Neither vi nor en.", nameof(language)),
        };

    /// <summary>A character in each voice.</summary>
    public IReadOnlyList<float[]> Voices(char character) => _voices[character];

    private static float[] Load(string language, char character, char voice)
    {
        var samples = Wave.Read(EmbeddedFile.Read($"Sound.{language}.{character}-{voice}.wav"));
        float energy = 0,
            peak = 0;
        foreach (var sample in samples)
        {
            energy += sample * sample;
            peak = Math.Max(peak, Math.Abs(sample));
        }

        var gain = Math.Min(Loudness / MathF.Sqrt(energy / samples.Length), Peak / peak);
        for (var at = 0; at < samples.Length; at++)
        {
            samples[at] *= gain;
        }
        return samples;
    }
}
