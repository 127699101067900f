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
    public void Equal_texts_are_equal() => Assert.Equal(SearchText.Of("Đảng  bộ"), SearchText.Of(Texts.Decomposed("ĐẢNG-BỘ")));

    [Fact]
    public void Exact_and_folded_have_the_same_tokens_at_the_same_places() => Texts.Any.Sample(text =>
    {
        var ready = SearchText.Of(text);
        return TokensOf(ready.Exact).SequenceEqual(TextTokens.Of(text))
            && TokensOf(ready.Folded).SequenceEqual(TextTokens.Of(text).Select(token => Assert.Single(TextTokens.Of(TextFolding.Fold(token)))));
    }, iter: 20_000);

    [Fact]
    public void A_ready_text_made_ready_again_is_the_same() => Texts.Any.Sample(text =>
    {
        var ready = SearchText.Of(text);
        return SearchText.Of(ready.Exact) == ready && SearchText.Of(ready.Folded).Folded == ready.Folded;
    }, iter: 20_000);

    [Fact]
    public void Folding_no_letter_empties_or_splits_its_token() => Assert.All(Texts.CodePoints, letter =>
    {
        var tokens = TextTokens.Of(letter);
        if (tokens.Count > 0)
            Assert.Equal([TextFolding.Fold(Assert.Single(tokens))], TextTokens.Of(TextFolding.Fold(tokens[0])));
    });

    static string[] TokensOf(string ready) => ready.Split(' ', StringSplitOptions.RemoveEmptyEntries);
}
