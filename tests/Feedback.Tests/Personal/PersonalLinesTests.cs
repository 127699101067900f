using PortalServices.Feedback.Personal;

namespace PortalServices.Feedback.Tests.Personal;

/// <summary>The two tables: lines in which something is personal, and ordinary lines that look as if.</summary>
public sealed class PersonalLinesTests
{
    [Theory]
    [InlineData("personal-lines.txt", 75)]
    [InlineData("ordinary-lines.txt", 75)]
    public void What_is_certain_is_hidden_what_is_likely_is_marked_and_nothing_else_is_touched(string file, int least)
    {
        var lines = MarkedLine.In(file).ToList();
        Assert.True(lines.Count >= least);
        var wrong = new List<string>();
        foreach (var (number, line) in lines)
        {
            var wanted = MarkedLine.Read(line);
            var found = MarkedLine.Of(wanted.Text, wanted.Sender);
            if (
                found.ToString() != wanted.ToString()
                || PersonalData.Hide(wanted.Text, wanted.Sender, int.MaxValue) != wanted.Shown
            )
            {
                wrong.Add($"{number}: {wanted}\n    {found}");
            }
        }

        Assert.True(wrong.Count == 0, $"{wrong.Count} of {lines.Count}:\n{string.Join('\n', wrong)}");
    }

    [Fact]
    public void In_ordinary_lines_nothing_is_certain() =>
        Assert.All(MarkedLine.In("ordinary-lines.txt"), each => Assert.DoesNotContain('⟦', each.Line));
}
