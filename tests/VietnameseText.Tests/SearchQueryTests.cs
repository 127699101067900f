using CsCheck;

namespace PortalServices.VietnameseText.Tests;

public sealed class SearchQueryTests
{
    private const string Plan = "Kế hoạch số 162-KH/TU của Tỉnh ủy Sơn La về khuyến học, khuyến tài";

    [Theory]
    [InlineData("khuyen hoc")]
    [InlineData("Khuyến học")]
    [InlineData("hoc khuyen")]
    [InlineData("KHUYÊN HỌC")]
    [InlineData("\"khuyen hoc\"")]
    [InlineData("\"khuyên hoc")]
    [InlineData("tỉnh uỷ")]
    [InlineData("162-KH/TU")]
    [InlineData("162-kh/tu")]
    [InlineData("162–KH/TU,")]
    [InlineData("162/KH-TU")]
    [InlineData("162_kh_tu")]
    [InlineData("\"162 KH TU\"")]
    [InlineData("tu 162 kh")]
    [InlineData("“khuyến tài” «Sơn La» „162“")]
    [InlineData("tai -- …")]
    public void A_query_finds_the_plan(string query)
    {
        Assert.True(SearchQuery.Parse(query).Matches(SearchText.Of(Plan)));
        Assert.True(SearchQuery.Parse(Texts.Decomposed(query)).Matches(SearchText.Of(Texts.Decomposed(Plan))));
    }

    [Theory]
    [InlineData("khuyen nong")]
    [InlineData("\"hoc khuyen hoc\"")]
    [InlineData("\"khuyến tỉnh\"")]
    [InlineData("\"so la\"")]
    [InlineData("khuye")]
    [InlineData("62-KH/TU")]
    [InlineData("162-KH/T")]
    [InlineData("162-TU/KH")]
    [InlineData("162KH/TU")]
    public void A_query_does_not_find_it(string query) =>
        Assert.False(SearchQuery.Parse(query).Matches(SearchText.Of(Plan)));

    [Fact]
    public void Dang_finds_the_party() => Assert.True(SearchQuery.Parse("dang").Matches(SearchText.Of("Đảng")));

    [Fact]
    public void A_quoted_phrase_does_not_match_its_words_apart()
    {
        var apart = SearchText.Of("khuyến khích học sinh");
        Assert.True(SearchQuery.Parse("khuyến học").Matches(apart));
        Assert.False(SearchQuery.Parse("\"khuyến học\"").Matches(apart));
    }

    [Theory]
    [InlineData("162-KH/TU", " 162 kh tu ")]
    [InlineData("Khuyến học", " khuyen | hoc ")]
    [InlineData("Khuyến khuyên -- khuyen", " khuyen ")]
    [InlineData("\"khuyến học\" Sơn“La «a b» c d", " khuyen hoc | son | la | a | b | c d ")]
    [InlineData("xa\"gần nhau\"xa", " xa | gan nhau ")]
    [InlineData("một \"hai ba", " mot | hai ba ")]
    [InlineData("„một hai“ ”ba bốn”\u3000năm", " mot hai | ba bon | nam ")]
    [InlineData("\"\" “ ” - 😀", "")]
    public void A_query_asks_for_these_phrases(string query, string phrases) =>
        Assert.Equal(phrases, string.Join('|', SearchQuery.Parse(query).Phrases));

    [Fact]
    public void A_query_keeps_its_spelling_for_ranking_and_its_words_for_the_index()
    {
        var query = SearchQuery.Parse("\"Khuyến học\" 162-KH/TU khuyên");
        Assert.Equal(" khuyến học 162 kh tu khuyên ", query.ExactPhrase);
        Assert.Equal(["khuyen", "hoc", "162", "kh", "tu"], query.FoldedTokens);
        Assert.False(query.IsEmpty);
    }

    [Theory]
    [InlineData("")]
    [InlineData(" \t\n")]
    [InlineData("\"")]
    [InlineData("… - \u0301 😀")]
    public void A_query_without_letter_or_digit_is_empty(string text)
    {
        var query = SearchQuery.Parse(text);
        Assert.True(query.IsEmpty);
        Assert.Empty(query.FoldedTokens);
        Assert.Equal(" ", query.ExactPhrase);
        Assert.True(query.Matches(SearchText.Of(Plan)));
    }

    [Fact]
    public void Any_run_of_a_texts_tokens_in_quotes_matches_it() =>
        Gen.Select(
                Texts.Any,
                Gen.Int[0, 20],
                Gen.Int[0, 20],
                Gen.Bool,
                (text, start, length, isFolded) => (text, start, length, isFolded)
            )
            .Sample(
                run =>
                {
                    var text = SearchText.Of(run.text);
                    var words = (run.isFolded ? text.Folded : text.Exact)
                        .Split(' ', StringSplitOptions.RemoveEmptyEntries)
                        .Skip(run.start)
                        .Take(run.length);
                    return SearchQuery.Parse($"\"{string.Join(' ', words)}\"").Matches(text);
                },
                iter: 20_000
            );

    [Fact]
    public void A_text_matches_itself_as_a_query() =>
        Texts.Any.Sample(text => SearchQuery.Parse(text).Matches(SearchText.Of(text)), iter: 20_000);

    [Fact]
    public void The_words_of_a_query_are_those_of_its_phrases() =>
        Texts.Any.Sample(
            text =>
            {
                var query = SearchQuery.Parse(text);
                var words = query
                    .Phrases.SelectMany(phrase => phrase.Split(' ', StringSplitOptions.RemoveEmptyEntries))
                    .Distinct();
                return words.SequenceEqual(query.FoldedTokens) && query.IsEmpty == (query.FoldedTokens.Count == 0);
            },
            iter: 20_000
        );
}
