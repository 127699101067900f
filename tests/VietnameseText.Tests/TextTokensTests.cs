using CsCheck;

namespace PortalServices.VietnameseText.Tests;

public sealed class TextTokensTests
{
    [Theory]
    [InlineData("Đảng bộ", "đảng|bộ")]
    [InlineData("162-KH/TU", "162|kh|tu")]
    [InlineData("  Ngày 19/5/1890,\r\n“Bác Hồ”… ", "ngày|19|5|1890|bác|hồ")]
    [InlineData("a_b.c@d", "a|b|c|d")]
    [InlineData("COVID19", "covid19")]
    [InlineData("\u0301a e\u0323\u20DDx", "a|ẹ\u20DDx")]
    [InlineData("J\u030C İ ẞ", "ǰ|i\u0307|ß")]
    [InlineData("𐐀𐐁 國家 😀", "𐐨𐐩|國家")]
    [InlineData(" - … \0", "")]
    [InlineData("", "")]
    public void A_text_has_these_tokens(string text, string tokens) =>
        Assert.Equal(tokens, string.Join('|', TextTokens.Of(text)));

    // In a fact: attributes can't hold half a pair.
    [Fact]
    public void What_is_not_well_formed_separates() =>
        Assert.Equal(["a", "b", "c", "d"], TextTokens.Of("a\uD83Db \uDE00 c\uFFFEd"));

    [Theory]
    [InlineData(64, 64)]
    [InlineData(65, 64)]
    [InlineData(1000, 64)]
    public void A_long_token_is_cut(int length, int kept) =>
        Assert.Equal([new string('ộ', kept), "sau"], TextTokens.Of(Texts.Decomposed(new string('ộ', length)) + " sau"));

    [Fact]
    public void A_surrogate_pair_is_never_cut() =>
        Assert.Equal(
            ["a" + string.Concat(Enumerable.Repeat("𐐨", 31))],
            TextTokens.Of("a" + string.Concat(Enumerable.Repeat("𐐨", 31)) + "𐐨b")
        );

    [Fact]
    public void A_token_is_not_empty_and_within_its_bound() =>
        Texts.Any.Sample(
            text =>
                TextTokens
                    .Of(text)
                    .All(token =>
                        token.Length is > 0 and <= TextTokens.MaxLength
                        && Texts.Composed(token) == token
                        && !token.Any(char.IsWhiteSpace)
                    ),
            iter: 20_000
        );

    [Fact]
    public void Composed_and_decomposed_have_the_same_tokens() =>
        Texts
            .Any.Where(Texts.IsWellFormed)
            .Sample(
                text =>
                {
                    var tokens = TextTokens.Of(text);
                    return tokens.SequenceEqual(TextTokens.Of(Texts.Composed(text)))
                        && tokens.SequenceEqual(TextTokens.Of(Texts.Decomposed(text)));
                },
                iter: 20_000
            );
}
