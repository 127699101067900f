using Microsoft.AspNetCore.Http;
using PortalServices.Http.Requests;

namespace PortalServices.ServiceDefaults.Tests.Problems;

/// <summary>
/// More marks in a row than any language has are refused before they are put in order, which takes the square of their
/// number.
/// </summary>
public sealed class TextMarksTests
{
    [Theory]
    [InlineData(30, true)]
    [InlineData(31, false)]
    [InlineData(100_000, false)]
    public void So_many_marks_may_follow_a_letter(int marks, bool areFew)
    {
        var text = "Việt " + "e" + new string('\u0301', marks / 2) + new string('\u0323', marks - (marks / 2)) + "n";
        Assert.Equal(areFew, TextMarks.AreFew(text));
        var mistakes = new FieldErrors(new DefaultHttpContext());
        mistakes.Text("title", text, 200_000);
        Assert.Equal(areFew ? 0 : 1, mistakes.Count);
    }

    [Fact]
    public void Letters_between_them_begin_anew() =>
        Assert.True(TextMarks.AreFew(string.Concat(Enumerable.Repeat("e\u0302\u0301", 10_000))));
}
