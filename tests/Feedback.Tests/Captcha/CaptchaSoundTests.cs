using System.Buffers.Binary;
using System.Security.Cryptography;
using PortalServices.Http.Problems;
using PortalServices.Testing;

namespace PortalServices.Feedback.Tests.Captcha;

public sealed class CaptchaSoundTests
{
    /// <summary>Nobody speaks before.</summary>
    private const int Prelude = (int)(0.45 * Wave.Rate);

    public static TheoryData<string> Languages => [RequestLanguage.Vietnamese, RequestLanguage.English];

    [Theory]
    [MemberData(nameof(Languages))]
    public void It_is_a_wave_file_of_sixteen_bits_at_16_kHz(string language)
    {
        var file = CaptchaSound.Render("2FH7W0", Sample.Seed(1), language);
        Assert.Equal("RIFF"u8, file.AsSpan(0, 4));
        Assert.Equal(file.Length - 8, BinaryPrimitives.ReadInt32LittleEndian(file.AsSpan(4)));
        Assert.Equal("WAVEfmt "u8, file.AsSpan(8, 8));
        Assert.Equal(16, BinaryPrimitives.ReadInt32LittleEndian(file.AsSpan(16)));
        Assert.Equal(
            (1, 1),
            (
                BinaryPrimitives.ReadInt16LittleEndian(file.AsSpan(20)),
                BinaryPrimitives.ReadInt16LittleEndian(file.AsSpan(22))
            )
        );
        Assert.Equal(
            (16_000, 32_000),
            (
                BinaryPrimitives.ReadInt32LittleEndian(file.AsSpan(24)),
                BinaryPrimitives.ReadInt32LittleEndian(file.AsSpan(28))
            )
        );
        Assert.Equal(
            (2, 16),
            (
                BinaryPrimitives.ReadInt16LittleEndian(file.AsSpan(32)),
                BinaryPrimitives.ReadInt16LittleEndian(file.AsSpan(34))
            )
        );
        Assert.Equal("data"u8, file.AsSpan(36, 4));
        Assert.Equal(file.Length - 44, BinaryPrimitives.ReadInt32LittleEndian(file.AsSpan(40)));
        Assert.Equal((file.Length - 44) / 2, Wave.Read(file).Length);
    }

    [Theory]
    [MemberData(nameof(Languages))]
    public void It_is_as_long_as_six_characters_and_seven_pauses(string language)
    {
        for (var number = 0; number < (LongRun.IsOn ? 30 : 8); number++)
        {
            Assert.InRange(
                Samples(number, language).Length / (double)Wave.Rate,
                (6 * 0.25 / 1.2) + (7 * 0.45),
                (6 * 1.55 / 0.8) + (7 * 0.95)
            );
        }
    }

    /// <summary>
    /// Bytes that another process rendered: they follow from sums, products and quotients alone, which are the same
    /// everywhere.
    /// </summary>
    [Theory]
    [InlineData(RequestLanguage.Vietnamese, "8225ad8d78a9aeda2c8bdc3d245b703550ce6475cf346b4944e306b41caf8f6d")]
    [InlineData(RequestLanguage.English, "31120039a9a3b2d11903aa7a089e654014c21574efaa643f435e22549e499313")]
    public void Answer_seed_and_language_decide_every_byte(string language, string hash)
    {
        var rendered = Convert.ToHexStringLower(
            SHA256.HashData(CaptchaSound.Render("2FH7W0", Sample.Seed(1), language))
        );
        Assert.True(hash == rendered, rendered);
        Assert.Equal(
            hash,
            Convert.ToHexStringLower(SHA256.HashData(CaptchaSound.Render("2FH7W0", Sample.Seed(1), language)))
        );
    }

    [Fact]
    public void Another_seed_answer_or_language_sounds_different()
    {
        var sounds = new[]
        {
            CaptchaSound.Render("2FH7W0", Sample.Seed(1), RequestLanguage.Vietnamese),
            CaptchaSound.Render("2FH7W0", Sample.Seed(2), RequestLanguage.Vietnamese),
            CaptchaSound.Render("2FH7W9", Sample.Seed(1), RequestLanguage.Vietnamese),
            CaptchaSound.Render("2FH7W0", Sample.Seed(1), RequestLanguage.English),
        };
        Assert.Equal(
            sounds.Length,
            sounds.Select(sound => Convert.ToHexString(SHA256.HashData(sound))).Distinct().Count()
        );
    }

    [Fact]
    public void No_two_challenges_share_a_noise()
    {
        var preludes = Enumerable
            .Range(0, LongRun.IsOn ? 12 : 6)
            .SelectMany(number => Languages.Select(language => Samples(number, language.Data)[..Prelude]))
            .ToList();
        Assert.Equal(1, Likeness(preludes[0], Samples(0, RequestLanguage.Vietnamese)[..Prelude], 0), 6);
        for (var one = 0; one < preludes.Count; one++)
        {
            for (var other = 0; other < one; other++)
            {
                for (var lag = -40; lag <= 40; lag += 4)
                {
                    Assert.InRange(Math.Abs(Likeness(preludes[one], preludes[other], lag)), 0, 0.5);
                }
            }
        }
    }

    [Theory]
    [MemberData(nameof(Languages))]
    public void Voices_are_4_to_9_decibels_louder_than_what_lies_under_them_and_nothing_is_cut(string language)
    {
        for (var number = 0; number < (LongRun.IsOn ? 20 : 5); number++)
        {
            var spoken = SpokenCharacters.In(language);
            var numbers = new SeededNumbers($"sound {language}", Sample.Seed(number));
            var utterances = CaptchaSound.Plan(Sample.Answer(number), spoken, numbers, out var length);
            float[] voices = new float[length],
                noise = new float[length];
            foreach (var utterance in utterances)
            {
                utterance.Speak(voices);
            }
            Noise.Lay(noise, spoken, numbers);

            var heard = Samples(number, language);
            Assert.All(
                heard.Index(),
                sample => Assert.Equal(voices[sample.Index] + noise[sample.Index], sample.Item, 0.001f)
            );
            Assert.InRange(heard.Max(Math.Abs), 0.3, 0.999);
            var share = utterances.Sum(utterance => (double)utterance.Length) / length;
            Assert.InRange(10 * Math.Log10(Power(voices) / share / Power(noise)), 4, 9);
        }
    }

    [Theory]
    [MemberData(nameof(Languages))]
    public void There_is_no_pause_in_the_noise(string language)
    {
        for (var number = 0; number < (LongRun.IsOn ? 10 : 4); number++)
        {
            Assert.All(
                Samples(number, language).Chunk(Wave.Rate / 10).SkipLast(1),
                tenth => Assert.InRange(Math.Sqrt(Power(tenth)), 0.005, 1)
            );
        }
    }

    [Fact]
    public void Rendered_at_the_same_time_they_are_the_same()
    {
        var expected = Enumerable
            .Range(0, 8)
            .Select(number =>
                CaptchaSound.Render(Sample.Answer(number), Sample.Seed(number), RequestLanguage.Vietnamese)
            )
            .ToList();
        Parallel.For(
            0,
            48,
            at =>
                Assert.True(
                    expected[at % 8]
                        .AsSpan()
                        .SequenceEqual(
                            CaptchaSound.Render(Sample.Answer(at % 8), Sample.Seed(at % 8), RequestLanguage.Vietnamese)
                        )
                )
        );
    }

    [Theory]
    [MemberData(nameof(Languages))]
    public void Every_character_is_spoken_in_four_voices_equally_loud(string language) =>
        Assert.All(
            CaptchaAlphabet.Characters,
            character =>
            {
                var voices = SpokenCharacters.In(language).Voices(character);
                Assert.Equal(4, voices.Count);
                Assert.All(
                    voices,
                    voice =>
                    {
                        Assert.InRange(voice.Length / (double)Wave.Rate, 0.25, 1.55);
                        Assert.InRange(
                            Math.Sqrt(Power(voice)),
                            0.7 * SpokenCharacters.Loudness,
                            1.01 * SpokenCharacters.Loudness
                        );
                    }
                );
            }
        );

    [Theory]
    [InlineData(1, 0.8f)]
    [InlineData(1, 1.2f)]
    [InlineData(0.86f, 1)]
    [InlineData(1.17f, 1)]
    [InlineData(1.17f, 0.8f)]
    public void Pitch_and_speed_are_apart(float pitch, float speed)
    {
        // A tone of 200 Hz, for half a second.
        var tone = Enumerable
            .Range(0, Wave.Rate / 2)
            .Select(at => 0.1f * MathF.Sin(at * 200 * MathF.Tau / Wave.Rate))
            .ToArray();
        var made = Voice.Of(tone, pitch, speed);
        Assert.Equal(tone.Length / speed, made.Length, 2.0);
        var middle = made[(made.Length / 4)..(made.Length * 3 / 4)];
        var rises = Enumerable.Range(1, middle.Length - 1).Count(at => middle[at - 1] < 0 && middle[at] >= 0);
        Assert.Equal(200 * pitch, rises * (double)Wave.Rate / middle.Length, 6.0);
        Assert.Equal(Power(tone), Power(middle), 0.001);
    }

    [Fact]
    public void Only_an_answer_is_spoken_and_only_in_a_language_of_the_product()
    {
        Assert.Throws<ArgumentException>(() => CaptchaSound.Render("2FH7W1", Sample.Seed(1), RequestLanguage.English));
        Assert.Throws<ArgumentException>(() => CaptchaSound.Render("2FH7W0", Sample.Seed(1), "fr"));
    }

    private static float[] Samples(int number, string language) =>
        Wave.Read(CaptchaSound.Render(Sample.Answer(number), Sample.Seed(number), language));

    private static double Power(float[] samples) => samples.Sum(sample => (double)sample * sample) / samples.Length;

    // The correlation of one with the other, moved by a lag: 1 when they are the same.
    private static double Likeness(float[] one, float[] other, int lag)
    {
        double product = 0,
            first = 0,
            second = 0;
        for (var at = Math.Max(0, -lag); at < Math.Min(one.Length, other.Length - lag); at++)
        {
            product += one[at] * other[at + lag];
            first += one[at] * one[at];
            second += other[at + lag] * other[at + lag];
        }

        return product / Math.Sqrt(first * second);
    }
}
