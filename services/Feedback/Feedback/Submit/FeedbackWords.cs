using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using PortalServices.VietnameseText;

namespace PortalServices.Feedback.Submit;

/// <summary>
/// What operators search in: receipt, sender, title, content, answer; and what everybody does: the texts that were
/// published. Folded as content's search folds.
/// </summary>
internal static class FeedbackWords
{
    /// <summary>Brings what is searched up to date. Of what was erased, only what is still published is.</summary>
    public static void Put(FeedbackEntry entry)
    {
        entry.Words = entry.ErasedAt is null ? Of(entry) : "";
        entry.PublicWords = PublicOf(entry);
        entry.WordHashes = HashesOf(entry.Site, entry.Words, entry.PublicWords);
    }

    /// <summary>The folded words of all that is searched.</summary>
    public static string Of(FeedbackEntry entry) =>
        SearchText
            .Of(
                string.Join(
                    '\n',
                    entry.Receipt,
                    entry.FullName,
                    entry.Email,
                    entry.Phone,
                    entry.Title,
                    entry.Content,
                    entry.Answer,
                    entry.AssignedTo
                )
            )
            .Folded;

    /// <summary>The folded words of what is published; null for nothing.</summary>
    public static string? PublicOf(FeedbackEntry entry) =>
        entry.PublicTitle is null
            ? null
            : SearchText.Of(string.Join('\n', entry.PublicTitle, entry.PublicContent, entry.PublicAnswer)).Folded;

    /// <summary>
    /// The words as the index has them, parted by single spaces: 20 bits of each one's hash, and of the site's. An
    /// index keeps keys after the last text that had them is gone (GIN for ever). So it has no word, and none can be
    /// told from what it has: a thousand telephone numbers share a hash. The words themselves decide then.
    /// Those of published words begin with a letter of their own, so that whoever may search only them finds nothing by
    /// others.
    /// </summary>
    public static string HashesOf(string site, string words, string? publicWords = null) =>
        words.Length == 0 && publicWords is null
            ? ""
            : string.Join(
                ' ',
                HashesOf(words).Concat(publicWords is null ? [] : PublicHashesOf(publicWords)).Prepend(HashOfSite(site))
            );

    /// <summary>Of each different word of a text in <see cref="FeedbackEntry.PublicWords"/>'s form.</summary>
    public static IEnumerable<string> PublicHashesOf(string words) => HashesOf(words).Select(hash => "p" + hash);

    /// <summary>Of each different word of a text in <see cref="FeedbackEntry.Words"/>'s form.</summary>
    public static IEnumerable<string> HashesOf(string words) =>
        words
            .Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Select(HashOf)
            .Distinct(StringComparer.Ordinal)
            .Order(StringComparer.Ordinal);

    /// <summary>
    /// Stands beside the hashes of words, of which it is none, so that an index over all sites is searched for one.
    /// </summary>
    public static string HashOfSite(string site) => "s" + HashOf(site);

    // Stored: another hash would need another column.
    private static string HashOf(string word)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(word), hash);
        return (BinaryPrimitives.ReadUInt32BigEndian(hash) >> 12).ToString(
            "x5",
            System.Globalization.CultureInfo.InvariantCulture
        );
    }
}
