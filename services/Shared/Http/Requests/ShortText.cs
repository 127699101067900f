namespace PortalServices.Http.Requests;

/// <summary>Texts of others, such as what an exception says, as a database keeps them.</summary>
public static class ShortText
{
    /// <summary>
    /// The beginning of a text: at most so many characters, no half of a surrogate pair at its end, and no NUL, which
    /// PostgreSQL keeps in no text.
    /// </summary>
    public static string Of(string text, int max)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (text.Length > max)
        {
            text = text[..(char.IsHighSurrogate(text[max - 1]) ? max - 1 : max)];
        }
        return text.Replace('\0', '\uFFFD');
    }
}
