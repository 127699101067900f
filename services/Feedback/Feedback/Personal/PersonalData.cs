using System.Text;
using PortalServices.Feedback.Personal.Recognition;

namespace PortalServices.Feedback.Personal;

/// <summary>
/// Personal data in a text that is to be published. What is certain is hidden: the sender's full name, address and
/// number, every e-mail address, every number that by its form or by the words before it is a person's. What is only
/// likely is marked: an operator reads the text and decides.
/// </summary>
internal static class PersonalData
{
    public const string Hidden = "[…]";

    // What is hidden can make more certain: "chị An B1234567" ends with a name then. Texts of people need two.
    private const int MaxReadings = 8;

    /// <summary>The personal data of a text, in its order; no two overlap.</summary>
    /// <param name="text">As it is stored, in NFC.</param>
    /// <param name="sender">Whose name, address and number are looked for.</param>
    public static IReadOnlyList<PersonalSpan> Find(string text, FeedbackEntry sender)
    {
        var (found, hidden) = (new List<PersonalSpan>(), new List<PersonalSpan>());
        for (var readings = 0; readings < MaxReadings; readings++)
        {
            found.AddRange(Read(new Reading(text, hidden), sender));
            var certain = Apart([.. found.Where(span => span.IsCertain)]);
            if (certain.SequenceEqual(hidden))
            {
                break;
            }
            hidden = certain;
        }

        return Apart(found);
    }

    private static IEnumerable<PersonalSpan> Read(Reading reading, FeedbackEntry sender)
    {
        var (words, found) = (new WordsOfText(reading.Text), new List<PersonalSpan>());
        var context = new Context(words);
        new NumberFinder(words, context, sender.Phone is null ? null : new Reading(sender.Phone).Text, found).Find();
        EmailFinder.Find(words, sender.Email is null ? null : new Reading(sender.Email).Text, found);
        DocumentFinder.Find(words, context, found);
        AccountFinder.Find(words, context, found);
        new NameFinder(words, new Reading(sender.FullName).Text, found).Find();
        StoryFinder.Find(words, found);
        AddressFinder.Find(words, found);
        return found.Select(reading.InText);
    }

    /// <summary>
    /// The text with all that is certain hidden, cut to so many characters: what is hidden can be shorter than what
    /// stands for it.
    /// </summary>
    public static string Hide(string text, FeedbackEntry sender, int most)
    {
        // What stands for a hidden part can make more certain, too, where it stands between signs that read as digits.
        for (var readings = 0; readings < MaxReadings; readings++)
        {
            var shown = HideFound(text, sender);
            if (shown == text)
            {
                break;
            }
            text = shown;
        }
        return text.Length <= most ? text : text[..(char.IsHighSurrogate(text[most - 1]) ? most - 1 : most)];
    }

    private static string HideFound(string text, FeedbackEntry sender)
    {
        var (shown, from) = (new StringBuilder(text.Length), 0);
        foreach (var span in Find(text, sender).Where(span => span.IsCertain))
        {
            shown.Append(text, from, span.Start - from).Append(Hidden);
            from = span.End;
        }
        return shown.Append(text, from, text.Length - from).ToString();
    }

    /// <summary>
    /// Certain parts that overlap become one; a likely one gives way to a certain one, and to a longer one.
    /// </summary>
    private static List<PersonalSpan> Apart(List<PersonalSpan> found)
    {
        var apart = new List<PersonalSpan>();
        foreach (
            var span in found
                .Where(span => span.IsCertain)
                .OrderBy(span => span.Start)
                .ThenByDescending(span => span.Length)
        )
        {
            if (apart.Count > 0 && apart[^1] is var last && span.Start < last.End)
            {
                apart[^1] = last with { Length = Math.Max(last.End, span.End) - last.Start };
            }
            else
            {
                apart.Add(span);
            }
        }

        var taken = new SortedSet<(int Start, int End)>(apart.Select(span => (span.Start, span.End)));
        foreach (
            var span in found
                .Where(span => !span.IsCertain)
                .OrderByDescending(span => span.Length)
                .ThenBy(span => span.Start)
        )
        {
            // The parts that are taken do not overlap: only the last that begins before its end can reach into it.
            var before = taken.GetViewBetween((int.MinValue, 0), (span.End - 1, int.MaxValue)).Max;
            if (before.End > span.Start)
            {
                continue;
            }
            taken.Add((span.Start, span.End));
            apart.Add(span);
        }

        return [.. apart.OrderBy(span => span.Start)];
    }
}
