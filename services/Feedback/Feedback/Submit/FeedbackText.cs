namespace PortalServices.Feedback.Submit;

/// <summary>
/// Texts of visitors as they are kept: NFC, lines ended by one line feed, without what is not seen and only changes how
/// the rest is shown.
/// </summary>
internal static class FeedbackText
{
    /// <summary>The text as it is kept; null for nothing.</summary>
    public static string? Clean(string? text)
    {
        if (text is null)
        {
            return null;
        }
        var seen = text.ReplaceLineEndings("\n").EnumerateRunes().Where(rune => !IsUnseen(rune.Value));
        var clean = Normal(string.Concat(seen)).Trim();
        return clean.Length == 0 ? null : clean;
    }

    /// <summary>
    /// NFC; what has none, because of U+FFFE or U+FFFF in it, or takes too long to bring into it, is left for the rules
    /// of its field to refuse.
    /// </summary>
    private static string Normal(string text)
    {
        if (!TextMarks.AreFew(text))
        {
            return text;
        }
        try
        {
            return text.Normalize();
        }
        catch (ArgumentException)
        {
            return text;
        }
    }

    /// <summary>
    /// Overrides, embeddings, isolates and marks of direction (Unicode UAX 9, which let a text show otherwise than it
    /// reads), zero-width spaces and the byte order mark. Joiners stay: scripts need them.
    /// </summary>
    private static bool IsUnseen(int character) =>
        character
            is 0x061C
                or 0x200B
                or 0x200E
                or 0x200F
                or 0x2060
                or 0xFEFF
                or (>= 0x202A and <= 0x202E)
                or (>= 0x2066 and <= 0x206F);
}
