using CsCheck;

namespace PortalServices.VietnameseText.Tests;

public sealed class SlugTests
{
    [Theory]
    [InlineData(
        "Đẩy mạnh chuyển đổi số trong cải cách hành chính tỉnh Sơn La",
        "day-manh-chuyen-doi-so-trong-cai-cach-hanh-chinh-tinh-son-la"
    )]
    [InlineData("  Kế hoạch số 162-KH/TU: “Khuyến học”! ", "ke-hoach-so-162-kh-tu-khuyen-hoc")]
    [InlineData("Вьетnam và 越南 2025", "nam-va-2025")]
    [InlineData("Привет 😀 ٣", "")]
    [InlineData("", "")]
    public void A_title_has_this_slug(string title, string slug)
    {
        Assert.Equal(slug, Slug.Of(title));
        Assert.Equal(slug, Slug.Of(Texts.Decomposed(title)));
    }

    [Theory]
    [InlineData(17, "chuyen-doi-so-xa")]
    [InlineData(16, "chuyen-doi-so-xa")]
    [InlineData(15, "chuyen-doi-so")]
    [InlineData(14, "chuyen-doi-so")]
    [InlineData(12, "chuyen-doi")]
    [InlineData(6, "chuyen")]
    [InlineData(4, "chuy")]
    [InlineData(1, "c")]
    public void A_slug_ends_with_a_whole_word_unless_it_has_only_one(int most, string slug) =>
        Assert.Equal(slug, Slug.Of("Chuyển đổi số (xã)", most));

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(121)]
    public void The_most_of_a_slug_has_bounds(int most) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => Slug.Of("a", most));

    [Theory]
    [InlineData("a", true)]
    [InlineData("162-kh-tu", true)]
    [InlineData("", false)]
    [InlineData(null, false)]
    [InlineData("-a", false)]
    [InlineData("a-", false)]
    [InlineData("a--b", false)]
    [InlineData("A", false)]
    [InlineData("đ", false)]
    [InlineData("a b", false)]
    [InlineData("a\n", false)]
    [InlineData("٣", false)]
    public void A_slug_is_words_joined_by_single_hyphens(string? slug, bool isValid) =>
        Assert.Equal(isValid, Slug.IsValid(slug));

    [Fact]
    public void A_slug_has_at_most_120_characters()
    {
        Assert.True(Slug.IsValid(new string('a', 120)));
        Assert.False(Slug.IsValid(new string('a', 121)));
    }

    [Fact]
    public void A_slug_is_empty_or_valid_and_its_own_slug() =>
        Gen.Select(Texts.Any, Gen.Int[1, Slug.MaxLength], (title, most) => (title, most))
            .Sample(
                given =>
                {
                    var slug = Slug.Of(given.title, given.most);
                    return slug.Length == 0
                        || (Slug.IsValid(slug) && slug.Length <= given.most && Slug.Of(slug, given.most) == slug);
                },
                iter: 20_000
            );
}
