namespace PortalServices.Feedback.Tests.Captcha;

public sealed class CaptchaAlphabetTests
{
    [Theory]
    [InlineData("0OQD")]
    [InlineData("1IL")]
    [InlineData("2Z")]
    [InlineData("5S")]
    [InlineData("8B3")]
    [InlineData("6G")]
    [InlineData("UV")]
    [InlineData("MN")]
    [InlineData("KX")]
    [InlineData("EF")]
    [InlineData("PR")]
    public void Of_characters_that_look_alike_at_most_one_is_used(string alike) =>
        Assert.InRange(CaptchaAlphabet.Characters.Count(alike.Contains), 0, 1);

    [Theory]
    [InlineData("BCDEGPTVZ", "English: bee, cee, dee …")]
    [InlineData("AJK8", "English: ay, jay, kay, eight")]
    [InlineData("FSX", "English: eff, ess, ex")]
    [InlineData("MN", "English: em, en")]
    [InlineData("59", "English: five, nine")]
    [InlineData("QU2", "English: cue, you, two")]
    [InlineData("BCDGPTV", "Vietnamese: bê, xê, dê …")]
    [InlineData("LMN", "Vietnamese: e-lờ, em-mờ, en-nờ")]
    [InlineData("AK3", "Vietnamese: a, ca, ba")]
    [InlineData("SX", "Vietnamese: ét-sì, ích-xì")]
    [InlineData("58", "Vietnamese: năm, tám")]
    public void Of_characters_that_sound_alike_at_most_one_is_used(string alike, string names) =>
        Assert.True(CaptchaAlphabet.Characters.Count(alike.Contains) <= 1, names);

    [Fact]
    public void There_are_ten_million_answers()
    {
        Assert.Equal(CaptchaAlphabet.Characters.Length, CaptchaAlphabet.Characters.Distinct().Count());
        Assert.InRange(
            Math.Pow(CaptchaAlphabet.Characters.Length, CaptchaAlphabet.Length),
            10_000_000,
            double.MaxValue
        );
    }

    [Fact]
    public void Every_character_is_drawn_as_often_as_any_other_at_every_place()
    {
        const int Draws = 20_000;
        var counts = new int[CaptchaAlphabet.Length, CaptchaAlphabet.Characters.Length];
        for (var draw = 0; draw < Draws; draw++)
        {
            var answer = CaptchaAlphabet.Draw();
            Assert.True(CaptchaAlphabet.IsAnswer(answer));
            for (var place = 0; place < answer.Length; place++)
            {
                counts[place, CaptchaAlphabet.Characters.IndexOf(answer[place], StringComparison.Ordinal)]++;
            }
        }

        var expected = (double)Draws / CaptchaAlphabet.Characters.Length;
        for (var place = 0; place < CaptchaAlphabet.Length; place++)
        {
            var chiSquare = Enumerable
                .Range(0, CaptchaAlphabet.Characters.Length)
                .Sum(character => Math.Pow(counts[place, character] - expected, 2) / expected);

            // 14 degrees of freedom: beyond 70 once in two hundred million.
            Assert.InRange(chiSquare, 0, 70);
        }
    }

    [Theory]
    [InlineData("2FH7W0")]
    [InlineData("2fh7w0")]
    [InlineData(" 2 F H 7 W 0 ")]
    [InlineData("2fh 7w0\t")]
    [InlineData("２ＦＨ７Ｗ０")]
    [InlineData("２ｆｈ　７ｗ０")]
    [InlineData("2\u200BFH7W0")]
    [InlineData("ZFH7WO")]
    [InlineData("zfh7wq")]
    [InlineData("2EH7W0")]
    public void What_people_type_for_it_is_right(string given) => Assert.True(CaptchaAlphabet.Matches("2FH7W0", given));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("2FH7W")]
    [InlineData("2FH7W00")]
    [InlineData("2FH7W9")]
    [InlineData("3FH7W0")]
    [InlineData("2FH7W\uD800")]
    [InlineData("0W7HF2")]
    public void Anything_else_is_wrong(string? given) => Assert.False(CaptchaAlphabet.Matches("2FH7W0", given));

    [Fact]
    public void A_long_text_is_wrong_whatever_is_in_it() =>
        Assert.False(CaptchaAlphabet.Matches("2FH7W0", "2FH7W0" + new string(' ', 1000)));

    [Fact]
    public void Every_answer_matches_itself()
    {
        for (var draw = 0; draw < 500; draw++)
        {
            var answer = CaptchaAlphabet.Draw();
            Assert.True(CaptchaAlphabet.Matches(answer, answer));
        }
    }
}
