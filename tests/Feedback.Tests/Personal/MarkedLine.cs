using System.Text;
using System.Text.RegularExpressions;
using PortalServices.Feedback.Personal;
using PortalServices.Testing;

namespace PortalServices.Feedback.Tests.Personal;

/// <summary>A line of the tables: a text in which what is personal is marked.</summary>
/// <param name="Text">Without the marks.</param>
/// <param name="Sender">Who sent it.</param>
/// <param name="Spans">What is marked, in its order: where it begins, its length, and whether it is certain.</param>
internal sealed record MarkedLine(
    string Text,
    FeedbackEntry Sender,
    IReadOnlyList<(int Start, int Length, bool IsCertain)> Spans
)
{
    /// <summary>As it is published.</summary>
    public string Shown =>
        Spans
            .Where(span => span.IsCertain)
            .Reverse()
            .Aggregate(
                Text,
                (text, span) => text[..span.Start] + PersonalData.Hidden + text[(span.Start + span.Length)..]
            );

    /// <summary>The lines of a file of this folder, by their numbers in it.</summary>
    public static IEnumerable<(int Number, string Line)> In(string file) =>
        File.ReadLines(Path.Combine(Repository.Root, "tests", "Feedback.Tests", "Personal", file))
            .Select((line, at) => (at + 1, line))
            .Where(each => each.line.Length > 0 && each.line[0] != '#');

    public static MarkedLine Read(string line)
    {
        line = Regex.Replace(
            line,
            @"\\u([0-9A-F]{4})",
            match => ((char)Convert.ToInt32(match.Groups[1].Value, 16)).ToString()
        );
        var bar = line.IndexOf('|', StringComparison.Ordinal);
        var (text, spans, start) = (new StringBuilder(), new List<(int, int, bool)>(), 0);
        foreach (var unit in line[(bar + 1)..])
        {
            if (unit is '⟦' or '⟪')
            {
                start = text.Length;
            }
            else if (unit is '⟧' or '⟫')
            {
                spans.Add((start, text.Length - start, unit == '⟧'));
            }
            else
            {
                text.Append(unit);
            }
        }

        return new(text.ToString().Normalize(), SentBy(bar < 0 ? "Nguyễn Văn An" : line[..bar]), spans);
    }

    public static MarkedLine Of(string text, FeedbackEntry sender) =>
        new(
            text,
            sender,
            [.. PersonalData.Find(text, sender).Select(span => (span.Start, span.Length, span.IsCertain))]
        );

    /// <summary>With the marks.</summary>
    public override string ToString() =>
        Spans
            .Reverse()
            .Aggregate(
                Text,
                (text, span) =>
                    text[..span.Start]
                    + (span.IsCertain ? '⟦' : '⟪')
                    + text[span.Start..(span.Start + span.Length)]
                    + (span.IsCertain ? '⟧' : '⟫')
                    + text[(span.Start + span.Length)..]
            );

    public static FeedbackEntry SentBy(string fullName, string? phone = "0912345678") =>
        new()
        {
            Id = Guid.NewGuid(),
            Site = "trang-1",
            Receipt = "",
            IdempotencyKey = "",
            Fingerprint = "",
            Language = "vi",
            FullName = fullName,
            Title = "",
            Content = "",
            Email = "an.nguyen@example.vn",
            Phone = phone,
            ReceivedAt = 0,
            DueBy = default,
        };
}
