using PortalServices.Http.Problems;
using PortalServices.Testing;

namespace PortalServices.Feedback.Tests.Captcha.Attack;

/// <summary>
/// What programs make of images and sounds. <c>tests/captcha-attack</c> runs them all and prints the figures that
/// docs/feedback.md states.
/// </summary>
public sealed class AttackTests(ITestOutputHelper output)
{
    private const int Images = 200,
        Sounds = 40;

    private static readonly int[] Modes = [7, 8];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>For people to read and hear: fresh ones, with the answers in a file of their own.</summary>
    [Fact(Explicit = true)]
    public void Fresh_ones_are_written_for_a_reader()
    {
        var folder = Environment.GetEnvironmentVariable("CAPTCHA_SAMPLES");
        Assert.SkipWhen(string.IsNullOrEmpty(folder), "CAPTCHA_SAMPLES names no folder.");
        var answers = new List<string>();
        for (var number = 1; number <= 20; number++)
        {
            var (answer, seed) = (CaptchaAlphabet.Draw(), Guid.NewGuid().ToByteArray());
            answers.Add($"{number} {answer}");
            File.WriteAllBytes(Path.Combine(folder!, $"{number}.png"), CaptchaImage.Render(answer, seed));
            foreach (var language in new[] { RequestLanguage.Vietnamese, RequestLanguage.English })
            {
                File.WriteAllBytes(
                    Path.Combine(folder!, $"{number}-{language}.wav"),
                    CaptchaSound.Render(answer, seed, language)
                );
            }
        }

        File.WriteAllLines(Path.Combine(folder!, "answers.txt"), answers);
    }

    /// <summary>What is done to a picture before tesseract reads it.</summary>
    private static readonly (string Name, Func<InkPicture, InkPicture> Clean)[] Cleanings =
    [
        ("greys", picture => picture),
        ("threshold 100", picture => picture.Threshold(100)),
        ("threshold 180", picture => picture.Threshold(180)),
        ("median 3", picture => picture.Threshold(140).Median(3)),
        ("median 5", picture => picture.Threshold(140).Median(5)),
        ("opening 3", picture => picture.Threshold(140).Open(3)),
        ("opening 5", picture => picture.Threshold(140).Open(5)),
        ("closing 4", picture => picture.Threshold(140).Close(4)),
        ("closing 4, opening 4", picture => picture.Threshold(140).Close(4).Open(4)),
        ("components", picture => picture.Threshold(140).WithoutSpecks(600)),
        ("closing 4, components", picture => picture.Threshold(140).Close(4).WithoutSpecks(900)),
        ("arc", picture => picture.Threshold(140).WithoutArc()),
        (
            "closing 4, arc, closing 6, components",
            picture => picture.Threshold(140).Close(4).WithoutArc().Close(6).WithoutSpecks(300)
        ),
    ];

    [Fact(Explicit = true)]
    public async Task Tesseract_reads_at_most_five_of_two_hundred_images_in_any_way()
    {
        using var folder = new TemporaryDirectory();
        var pictures = Enumerable
            .Range(0, Images)
            .AsParallel()
            .AsOrdered()
            .Select(number => InkPicture.Of(CaptchaImage.Render(Sample.Answer(number), Sample.Seed(number))))
            .ToList();
        var read = new HashSet<int>();
        foreach (var (name, clean) in Cleanings)
        {
            var files = Enumerable.Range(0, Images).Select(number => folder.File($"{name} {number}.png")).ToList();
            Parallel.For(0, Images, number => File.WriteAllBytes(files[number], clean(pictures[number]).Png()));
            var texts = await Task.WhenAll(Modes.Select(mode => Tesseract.ReadAsync(files, mode)));
            var hits = texts
                .Select(each =>
                    each.Index()
                        .Where(text => CaptchaAlphabet.Matches(Sample.Answer(text.Index), text.Item))
                        .Select(text => text.Index)
                        .ToHashSet()
                )
                .ToList();
            hits.ForEach(read.UnionWith);
            output.WriteLine(
                $"image, tesseract, {name}: {string.Join(", ", Modes.Zip(hits, (mode, hit) => $"{hit.Count} in mode {mode}"))}, of {Images}"
            );
        }

        output.WriteLine($"image, tesseract, in any of these ways: {read.Count} of {Images}");
        Assert.InRange(read.Count, 0, 5);
    }

    [Fact(Explicit = true)]
    public void Templates_read_few_images()
    {
        var matcher = new TemplateMatcher();
        int whole = 0,
            characters = 0;
        Parallel.For(
            0,
            Images,
            number =>
            {
                var answer = Sample.Answer(number);
                var read = matcher.Read(CaptchaImage.Render(answer, Sample.Seed(number)));
                Interlocked.Add(ref characters, answer.Zip(read).Count(pair => pair.First == pair.Second));
                if (CaptchaAlphabet.Matches(answer, read))
                {
                    Interlocked.Increment(ref whole);
                }
            }
        );
        output.WriteLine(
            $"image, matching with the shapes: {whole} of {Images} answers, {characters} of {Images * CaptchaAlphabet.Length} characters"
        );
    }

    [Theory(Explicit = true)]
    [InlineData(RequestLanguage.Vietnamese)]
    [InlineData(RequestLanguage.English)]
    public void Matching_with_the_shipped_recordings_hears_at_most_a_quarter(string language)
    {
        var matcher = new SoundMatcher(language);
        int whole = 0,
            characters = 0;
        Parallel.For(
            0,
            Sounds,
            new ParallelOptions { CancellationToken = Cancel },
            number =>
            {
                var answer = Sample.Answer(number);
                var heard = matcher.Hear(Wave.Read(CaptchaSound.Render(answer, Sample.Seed(number), language)));
                Interlocked.Add(ref characters, answer.Zip(heard).Count(pair => pair.First == pair.Second));
                if (CaptchaAlphabet.Matches(answer, heard))
                {
                    Interlocked.Increment(ref whole);
                }
            }
        );
        output.WriteLine(
            $"sound, {language}, matching with the recordings: {whole} of {Sounds} answers, {characters} of {Sounds * CaptchaAlphabet.Length} characters"
        );
        Assert.InRange(whole, 0, Sounds / 4);
    }
}
