using CsCheck;

namespace PortalServices.VietnameseText.Tests;

public sealed class SearchSnippetTests
{
    [Theory]
    [InlineData("Hội nghị chuyển đổi số tỉnh", "chuyen doi", "Hội nghị [chuyển] [đổi] số tỉnh")]
    [InlineData("Cổng có 18.481.240 lượt xem", "18481240", "Cổng có [18.481.240] lượt xem")]
    [InlineData("Cổng có 18481240 lượt xem", "18.481.240", "Cổng có [18481240] lượt xem")]
    [InlineData("Xã hòa\u00ADbình", "hoabinh", "Xã [hòa\u00ADbình]")]
    [InlineData("Thị trấn Hoà Lạc", "hòa", "Thị trấn [Hoà] Lạc")]
    [InlineData("Không có gì", "khác", "Không có gì")]
    [InlineData("", "khác", "")]
    public void The_words_of_the_query_are_marked_as_they_are_written(string text, string query, string marked) => Assert.Equal(marked, Marked(text, query));

    [Fact]
    public void Of_a_long_text_it_is_the_part_with_most_of_the_words()
    {
        var filler = string.Concat(Enumerable.Repeat("lời nói đầu ", 100));
        var snippet = SearchSnippet.Of($"{filler} số {filler} chuyển đổi số {filler}", SearchQuery.Parse("chuyển đổi số"));
        Assert.Equal(3, snippet.Hits.Count);
        Assert.StartsWith("… ", snippet.Text, StringComparison.Ordinal);
        Assert.EndsWith(" …", snippet.Text, StringComparison.Ordinal);
        Assert.InRange(snippet.Text.Length, 100, 244);
    }

    [Fact]
    public void Its_hits_lie_apart_within_it_whatever_the_text() => Texts.Any.Select(Texts.Any).Sample((text, query) =>
    {
        var snippet = SearchSnippet.Of(text, SearchQuery.Parse(query));
        var end = 0;
        foreach (var hit in snippet.Hits)
        {
            if (hit.Start < end || hit.Length < 1)
                return false;
            end = hit.Start + hit.Length;
        }

        return end <= snippet.Text.Length;
    }, iter: 5_000);

    static string Marked(string text, string query)
    {
        var snippet = SearchSnippet.Of(text, SearchQuery.Parse(query));
        var marked = snippet.Text;
        foreach (var hit in snippet.Hits.Reverse())
            marked = marked.Insert(hit.Start + hit.Length, "]").Insert(hit.Start, "[");
        return marked;
    }
}
