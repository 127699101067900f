using CsCheck;

namespace PortalServices.VietnameseText.Tests;

public sealed class SearchTextTests
{
    [Theory]
    [InlineData("Đảng bộ", " đảng bộ ", " dang bo ")]
    [InlineData("KH 162-KH/TU", " kh 162 kh tu ", " kh 162 kh tu ")]
    [InlineData("…", " ", " ")]
    [InlineData("", " ", " ")]
    public void Tokens_stand_between_single_spaces(string text, string exact, string folded)
    {
        var ready = SearchText.Of(text);
        Assert.Equal(exact, ready.Exact);
        Assert.Equal(folded, ready.Folded);
    }

    [Fact]
    public void Each_folded_token_is_listed_once_in_order_of_appearance() =>
        Assert.Equal(["dang", "bo", "tinh"], SearchText.Of("Đảng bộ, đăng bố; tỉnh ĐẢNG").FoldedTokens);

    [Fact]
    public void Equal_texts_are_equal() =>
        Assert.Equal(SearchText.Of("Đảng  bộ"), SearchText.Of(Texts.Decomposed("ĐẢNG-BỘ")));

    [Theory]
    [InlineData("hoà bình", "hòa bình")]
    [InlineData("HOÀ", "hòa")]
    [InlineData("khoẻ", "khỏe")]
    [InlineData("thuỷ lợi", "thủy lợi")]
    [InlineData("xã Chiềng Khoá", "xã Chiềng Khóa")]
    [InlineData("chuyển\u00ADđổi", "chuyểnđổi")]
    [InlineData("chuy\u200Dển \u2060đổi\uFEFF", "chuyển đổi")]
    public void Spellings_that_are_one_to_a_reader_are_one(string one, string other) =>
        Assert.Equal(SearchText.Of(other), SearchText.Of(one));

    [Theory]
    [InlineData("quý")]
    [InlineData("quỳnh")]
    [InlineData("hoàn thành")]
    [InlineData("khuỷu")]
    [InlineData("loài")]
    public void And_others_stay_as_they_are(string text) => Assert.Equal($" {text} ", SearchText.Of(text).Exact);

    [Theory]
    [InlineData("18.481.240 lượt", "18481240 ")]
    [InlineData("18,481,240", "18481240 ")]
    [InlineData("18 481 240 và 1.000", "18481240 1000 ")]
    [InlineData("18\u00A0481\u00A0240", "18481240 ")]
    [InlineData("25.11.2026", "")]
    [InlineData("2026 123", "")]
    [InlineData("1.0000", "")]
    [InlineData("18.481,240", "18481 ")]
    public void Numbers_in_groups_are_one_word_besides(string text, string numbers) =>
        Assert.Equal(numbers, SearchText.Of(text).Numbers);

    [Fact]
    public void Exact_and_folded_have_the_same_tokens_at_the_same_places() =>
        Texts.Any.Sample(
            text =>
            {
                var ready = SearchText.Of(text);
                // What stands unseen inside of words parts none of them.
                string seen = new([
                    .. text.Where(letter => letter is not ('\u00AD' or '\u200C' or '\u200D' or '\u2060' or '\uFEFF')),
                ]);
                return TokensOf(ready.Exact).Length == TextTokens.Of(seen).Count
                    && TokensOf(ready.Folded)
                        .SequenceEqual(
                            TokensOf(ready.Exact).Select(token => Assert.Single(TextTokens.Of(TextFolding.Fold(token))))
                        )
                    && TokensOf(ready.Folded)
                        .SequenceEqual(
                            TextTokens.Of(seen).Select(token => Assert.Single(TextTokens.Of(TextFolding.Fold(token))))
                        );
            },
            iter: 20_000
        );

    [Fact]
    public void A_ready_text_made_ready_again_is_the_same() =>
        Texts.Any.Sample(
            text =>
            {
                var ready = SearchText.Of(text);
                return SearchText.Of(ready.Exact) is var again
                    && (again.Exact, again.Folded) == (ready.Exact, ready.Folded)
                    && SearchText.Of(ready.Folded).Folded == ready.Folded;
            },
            iter: 20_000
        );

    [Fact]
    public void Folding_no_letter_empties_or_splits_its_token() =>
        Assert.All(
            Texts.CodePoints,
            letter =>
            {
                var tokens = TextTokens.Of(letter);
                if (tokens.Count > 0)
                {
                    Assert.Equal([TextFolding.Fold(Assert.Single(tokens))], TextTokens.Of(TextFolding.Fold(tokens[0])));
                }
            }
        );

    private static string[] TokensOf(string ready) => ready.Split(' ', StringSplitOptions.RemoveEmptyEntries);
}
