using PortalServices.Feedback.ReadPublished;

namespace PortalServices.Feedback.Tests.ReadPublished;

/// <summary>Which titles are like another.</summary>
public sealed class TitleSetTests
{
    private static readonly string[] Titles =
    [
        "Hỏi về học phí",
        "Hỏi về tuyển sinh lớp 10",
        "Hỏi về bữa ăn bán trú",
        "Xin cấp lại bằng tốt nghiệp",
    ];

    [Theory]
    [InlineData("hoc phi", "Hỏi về học phí")]
    [InlineData("HỌC PHÍ năm nay", "Hỏi về học phí")]
    [InlineData("bằng tốt nghiệp bị mất", "Xin cấp lại bằng tốt nghiệp")]
    [InlineData("lop 10", "Hỏi về tuyển sinh lớp 10")]
    [InlineData("nghiệp", "Xin cấp lại bằng tốt nghiệp")]
    public void The_most_alike_is_first(string typed, string expected) => Assert.Equal(expected, Like(typed)[0]);

    [Theory]
    [InlineData("")]
    [InlineData("...")]
    [InlineData("đường hỏng")]
    [InlineData("hỏi đường Lê Lợi bị hỏng nặng")]
    [InlineData("hỏi về đường Lê Lợi bị hỏng nặng")]
    public void What_has_little_in_common_is_not_found(string typed) => Assert.Empty(Like(typed));

    private static List<string> Like(string typed)
    {
        var ids = Titles.ToDictionary(_ => Guid.NewGuid());
        return [.. new TitleSet(ids.Select(each => (each.Key, each.Value))).Like(typed).Select(id => ids[id])];
    }
}
