using CsCheck;

namespace PortalServices.VietnameseText.Tests;

public sealed class SearchSnippetTests
{
    [Theory]
    [InlineData("Hội nghị chuyển đổi số tỉnh", "chuyen doi", "Hội nghị [chuyển] [đổi] số tỉnh")]
    [InlineData("Cổng có 18.481.240 lượt xem", "18481240", "Cổng có [18.481.240] lượt xem")]
    [InlineData("Cổng có 18481240 lượt xem", "18.481.240", "Cổng có [18481240] lượt xem")]
    [InlineData("Cổng có 18.481.240 lượt xem", "18.481.240", "Cổng có [18.481.240] lượt xem")]
    [InlineData("Cổng có 18.481.240 lượt xem", "240 18481240", "Cổng có [18.481.240] lượt xem")]
    [InlineData("Ngày 18 có 18.481.240 lượt", "18 18.481.240", "Ngày [18] có [18.481.240] lượt")]
    [InlineData("Xã hòa\u00ADbình", "hoabinh", "Xã [hòa\u00ADbình]")]
    [InlineData("Thị trấn Hoà Lạc", "hòa", "Thị trấn [Hoà] Lạc")]
    [InlineData("Không có gì", "khác", "Không có gì")]
    [InlineData("", "khác", "")]
    public void The_words_of_the_query_are_marked_as_they_are_written(string text, string query, string marked) =>
        Assert.Equal(marked, Marked(text, query));

    [Fact]
    public void Of_a_long_text_it_is_the_part_with_most_of_the_words()
    {
        var filler = string.Concat(Enumerable.Repeat("lời nói đầu ", 100));
        var snippet = SearchSnippet.Of(
            $"{filler} số {filler} chuyển đổi số {filler}",
            SearchQuery.Parse("chuyển đổi số")
        );
        Assert.Equal(3, snippet.Hits.Count);
        Assert.StartsWith("… ", snippet.Text, StringComparison.Ordinal);
        Assert.EndsWith(" …", snippet.Text, StringComparison.Ordinal);
        Assert.InRange(snippet.Text.Length, 100, 244);
    }

    [Fact]
    public void Its_hits_lie_apart_within_it_whatever_the_text() =>
        Texts
            .Any.Select(Texts.Any)
            .Sample(
                (text, query) =>
                {
                    var snippet = SearchSnippet.Of(text, SearchQuery.Parse(query));
                    var end = 0;
                    foreach (var hit in snippet.Hits)
                    {
                        if (hit.Start < end || hit.Length < 1)
                        {
                            return false;
                        }
                        end = hit.Start + hit.Length;
                    }

                    return end <= snippet.Text.Length;
                },
                iter: 5_000
            );

    [Fact]
    public void A_word_is_marked_exactly_when_a_search_takes_it_for_a_word_of_the_query() =>
        Texts.Any.Sample(
            text =>
            {
                // One word of the text is asked for, whatever it is.
                foreach (var token in SearchText.Of(text).FoldedTokens.Take(3))
                {
                    var snippet = SearchSnippet.Of(text, SearchQuery.Parse(token));
                    if (
                        snippet.Hits.Any(hit =>
                            SearchText.Of(snippet.Text.Substring(hit.Start, hit.Length)) is var marked
                            && marked.Folded.Trim() != token
                            && marked.Numbers.Trim() != token
                        )
                    )
                    {
                        return false;
                    }
                    if (snippet.Hits.Count == 0)
                    {
                        return false;
                    }
                }

                return true;
            },
            iter: 5_000
        );

    [Fact]
    public void A_long_text_is_not_copied_word_by_word()
    {
        var text = string.Join(' ', Enumerable.Range(0, 30_000).Select(i => $"khoẻ{i}"));
        var query = SearchQuery.Parse("hiếm");
        SearchSnippet.Of(text, query);
        var before = GC.GetAllocatedBytesForCurrentThread();
        SearchSnippet.Of(text, query);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, text.Length);
    }

    private static string Marked(string text, string query)
    {
        var snippet = SearchSnippet.Of(text, SearchQuery.Parse(query));
        var marked = snippet.Text;
        foreach (var hit in snippet.Hits.Reverse())
        {
            marked = marked.Insert(hit.Start + hit.Length, "]").Insert(hit.Start, "[");
        }
        return marked;
    }
}
