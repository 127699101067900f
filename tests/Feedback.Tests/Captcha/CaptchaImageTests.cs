using SkiaSharp;

namespace PortalServices.Feedback.Tests.Captcha;

public sealed class CaptchaImageTests
{
    private static readonly byte[] Signature = [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A];

    [Fact]
    public void It_is_a_png_of_one_size()
    {
        for (var number = 0; number < 20; number++)
        {
            var png = CaptchaImage.Render(Sample.Answer(number), Sample.Seed(number));
            Assert.Equal(Signature, png[..Signature.Length]);
            using var picture = SKBitmap.Decode(png);
            Assert.Equal((CaptchaImage.Width, CaptchaImage.Height), (picture.Width, picture.Height));
            Assert.InRange(png.Length, 2_000, 40_000);
        }
    }

    [Fact]
    public void Answer_and_seed_decide_every_byte()
    {
        var png = CaptchaImage.Render("2FH7W0", Sample.Seed(1));
        Assert.Equal(png, CaptchaImage.Render("2FH7W0", Sample.Seed(1)));
        Assert.NotEqual(png, CaptchaImage.Render("2FH7W0", Sample.Seed(2)));
        Assert.NotEqual(png, CaptchaImage.Render("2FH7W9", Sample.Seed(1)));
    }

    [Fact]
    public void Another_seed_puts_the_ink_elsewhere()
    {
        var inked = Enumerable.Range(0, 12).Select(number => Inked("2FH7W0", number)).ToList();
        for (var one = 0; one < inked.Count; one++)
        {
            for (var other = 0; other < one; other++)
            {
                // The share of the ink of both that lies on the same pixels.
                var common =
                    inked[one].Intersect(inked[other]).Count() / (double)inked[one].Union(inked[other]).Count();
                Assert.InRange(common, 0, 0.5);
            }
        }
    }

    [Fact]
    public void Drawn_at_the_same_time_they_are_the_same()
    {
        var expected = Enumerable
            .Range(0, 16)
            .Select(number => CaptchaImage.Render(Sample.Answer(number), Sample.Seed(number)))
            .ToList();
        Parallel.For(
            0,
            128,
            at => Assert.Equal(expected[at % 16], CaptchaImage.Render(Sample.Answer(at % 16), Sample.Seed(at % 16)))
        );
    }

    [Fact]
    public void Every_ink_stands_out_from_every_paper() =>
        Assert.All(
            CaptchaColours.Inks,
            ink =>
                Assert.All(
                    CaptchaColours.Papers,
                    paper =>
                        Assert.True(
                            CaptchaColours.Contrast(ink, paper) >= CaptchaColours.LeastContrast,
                            $"{ink} on {paper}"
                        )
                )
        );

    [Fact]
    public void The_contrast_is_that_of_the_guidelines()
    {
        Assert.Equal(21, CaptchaColours.Contrast(SKColors.Black, SKColors.White), 6);
        Assert.Equal(1, CaptchaColours.Contrast(SKColors.Red, SKColors.Red), 6);
        Assert.Equal(4.54, CaptchaColours.Contrast(new(0xFF767676), SKColors.White), 2);
    }

    [Fact]
    public void A_picture_has_no_other_colours()
    {
        for (var number = 0; number < 20; number++)
        {
            using var picture = SKBitmap.Decode(CaptchaImage.Render(Sample.Answer(number), Sample.Seed(number)));
            var common = picture
                .Pixels.GroupBy(pixel => pixel)
                .Where(pixels => pixels.Count() > 400)
                .Select(pixels => pixels.Key)
                .ToList();

            // What is neither lies on an edge between two, and is rare.
            Assert.All(
                common,
                colour =>
                    Assert.True(
                        CaptchaColours.Inks.Contains(colour) || CaptchaColours.Papers.Contains(colour),
                        $"{colour}"
                    )
            );
            Assert.Single(common, CaptchaColours.Inks.Contains);
            Assert.Contains(common, CaptchaColours.Papers.Contains);
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("2FH7W")]
    [InlineData("2FH7W00")]
    [InlineData("2fh7w0")]
    [InlineData("2FH7W1")]
    public void What_is_no_answer_is_not_drawn(string text) =>
        Assert.Throws<ArgumentException>(() => CaptchaImage.Render(text, Sample.Seed(1)));

    private static HashSet<int> Inked(string answer, int number)
    {
        using var picture = SKBitmap.Decode(CaptchaImage.Render(answer, Sample.Seed(number)));
        return
        [
            .. picture
                .Pixels.Index()
                .Where(pixel => CaptchaColours.Inks.Contains(pixel.Item))
                .Select(pixel => pixel.Index),
        ];
    }
}
