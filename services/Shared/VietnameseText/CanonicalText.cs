using System.Text;

namespace PortalServices.VietnameseText;

/// <summary>
/// One spelling for all canonically equivalent ones, so that it never matters how an author's keyboard composed a
/// letter.
/// </summary>
internal static class CanonicalText
{
    private const char Noncharacter = '\uFFFE';

    /// <summary>
    /// The text in NFD and lower case. Letters are taken apart before they are lowered: capitals that exist only as a
    /// base and a mark (J̌) and those that exist composed only (İ) come out alike that way.
    /// </summary>
    public static string LowerDecomposed(string text) =>
        WellFormed(text).Normalize(NormalizationForm.FormD).ToLowerInvariant();

    /// <summary>
    /// What <see cref="string.Normalize(NormalizationForm)"/> throws on, halves of surrogate pairs and U+FFFE, becomes
    /// U+FFFD, which is neither letter nor mark.
    /// </summary>
    private static string WellFormed(string text)
    {
        if (!text.AsSpan().ContainsAnyInRange('\uD800', '\uDFFF') && !text.Contains(Noncharacter))
        {
            return text;
        }

        return string.Concat(text.Replace(Noncharacter, (char)Rune.ReplacementChar.Value).EnumerateRunes());
    }
}
