using CsCheck;

namespace PortalServices.VietnameseText.Tests;

public sealed class TextFoldingTests
{
    public static TheoryData<string, string> LettersByBase =>
        new()
        {
            { "a", "aàảãáạăằẳẵắặâầẩẫấậAÀẢÃÁẠĂẰẲẴẮẶÂẦẨẪẤẬ" },
            { "e", "eèẻẽéẹêềểễếệEÈẺẼÉẸÊỀỂỄẾỆ" },
            { "i", "iìỉĩíịIÌỈĨÍỊ" },
            { "o", "oòỏõóọôồổỗốộơờởỡớợOÒỎÕÓỌÔỒỔỖỐỘƠỜỞỠỚỢ" },
            { "u", "uùủũúụưừửữứựUÙỦŨÚỤƯỪỬỮỨỰ" },
            { "y", "yỳỷỹýỵYỲỶỸÝỴ" },
            { "d", "dđDĐ" },
        };

    [Theory]
    [MemberData(nameof(LettersByBase))]
    public void Every_vowel_with_every_tone_and_the_barred_d_fold_to_their_base(string letter, string spellings)
    {
        var folded = string.Concat(Enumerable.Repeat(letter, spellings.Length));
        Assert.Equal(folded, TextFolding.Fold(Texts.Composed(spellings)));
        Assert.Equal(folded, TextFolding.Fold(Texts.Decomposed(spellings)));
    }

    [Fact]
    public void The_letters_are_all_of_the_alphabet() =>
        Assert.Equal(2 * ((12 * 6) + 2), LettersByBase.Sum(row => Texts.Composed(row.Data.Item2).Distinct().Count()));

    [Theory]
    [InlineData("Đảng bộ tỉnh Sơn La", "dang bo tinh son la")]
    [InlineData("NGHỊ QUYẾT SỐ 57-NQ/TW", "nghi quyet so 57-nq/tw")]
    [InlineData("Ðảng, ðảng, Ɖảng", "dang, dang, dang")]
    [InlineData("Øystein İzmir ﬁ Ⅷ", "øystein izmir ﬁ ⅷ")]
    [InlineData("한글 Ωμέγα", "한글 ωμεγα")]
    [InlineData("", "")]
    public void A_text_folds(string text, string folded) => Assert.Equal(folded, TextFolding.Fold(text));

    // In a fact: attributes can't hold half a pair.
    [Fact]
    public void What_is_not_well_formed_is_replaced() =>
        Assert.Equal("a\uFFFDb\uFFFDc\uFFFDd", TextFolding.Fold("Á\uD83Db\uDE00c\uFFFEđ"));

    [Fact]
    public void A_folded_text_stays_as_it_is() =>
        Texts.Any.Sample(text => TextFolding.Fold(TextFolding.Fold(text)) == TextFolding.Fold(text), iter: 20_000);

    [Fact]
    public void Composed_and_decomposed_fold_alike() =>
        Texts
            .Any.Where(Texts.IsWellFormed)
            .Sample(
                text =>
                    TextFolding.Fold(Texts.Composed(text)) == TextFolding.Fold(text)
                    && TextFolding.Fold(Texts.Decomposed(text)) == TextFolding.Fold(text),
                iter: 20_000
            );

    [Fact]
    public void Every_code_point_folds_to_what_stays_however_composed() =>
        Assert.All(
            Texts.CodePoints.Where(Texts.IsWellFormed),
            text =>
            {
                var folded = TextFolding.Fold(text);
                Assert.Equal(folded, TextFolding.Fold(folded));
                Assert.Equal(folded, TextFolding.Fold(Texts.Decomposed(text)));
                Assert.Equal(folded, TextFolding.Fold(Texts.Composed(text)));
            }
        );
}
