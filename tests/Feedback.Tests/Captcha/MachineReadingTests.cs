using PortalServices.Testing;

namespace PortalServices.Feedback.Tests.Captcha;

public sealed class MachineReadingTests(ITestOutputHelper output)
{
    private static readonly int Samples = LongRun.IsOn ? 400 : 40,
        PlainSamples = LongRun.IsOn ? 40 : 24;

    private static readonly int[] Modes = [6, 7, 8];

    [Fact]
    public async Task A_machine_reads_at_most_one_of_forty()
    {
        using var folder = new TemporaryDirectory();
        var hits = await HitsAsync(
            folder,
            Samples,
            number => CaptchaImage.Render(Sample.Answer(number), Sample.Seed(number))
        );
        Assert.InRange(hits, 0, Samples / 40);
    }

    /// <summary>Else the test above would say nothing.</summary>
    [Fact]
    public async Task The_same_machine_reads_most_of_plain_writing()
    {
        using var folder = new TemporaryDirectory();
        var hits = await HitsAsync(folder, PlainSamples, number => PlainWriting.Picture(Sample.Answer(number)));
        Assert.InRange(hits, PlainSamples * 25 / 40, PlainSamples);
    }

    /// <summary>Of so many answers, how many are read exactly, in any mode, as served or cleaned in any way.</summary>
    private async Task<int> HitsAsync(TemporaryDirectory folder, int samples, Func<int, byte[]> draw)
    {
        var pictures = Enumerable.Range(0, samples).Select(draw).ToList();
        var read = new HashSet<int>();
        var attempts =
            from cleaning in new (string Name, Func<byte[], byte[]> Clean)[]
            {
                ("as served", png => png),
                ("black and white", png => CleanedPicture.Of(png, opening: 0)),
                ("without thin lines", png => CleanedPicture.Of(png, opening: 5)),
            }
            let files = Write(folder, pictures, cleaning.Name, cleaning.Clean)
            from mode in Modes
            select (cleaning.Name, Mode: mode, Files: files);
        await Parallel.ForEachAsync(
            attempts,
            new ParallelOptions
            {
                MaxDegreeOfParallelism = 2,
                CancellationToken = TestContext.Current.CancellationToken,
            },
            async (attempt, _) =>
            {
                var texts = await Tesseract.ReadAsync(attempt.Files, attempt.Mode);
                var hits = texts
                    .Index()
                    .Where(text => CaptchaAlphabet.Matches(Sample.Answer(text.Index), text.Item))
                    .Select(text => text.Index)
                    .ToList();
                lock (read)
                {
                    read.UnionWith(hits);
                    output.WriteLine($"{attempt.Name}, mode {attempt.Mode}: {hits.Count} of {samples}");
                }
            }
        );
        output.WriteLine($"in any way: {read.Count} of {samples}");
        return read.Count;
    }

    private static List<string> Write(
        TemporaryDirectory folder,
        List<byte[]> pictures,
        string name,
        Func<byte[], byte[]> clean
    )
    {
        var files = Enumerable.Range(0, pictures.Count).Select(number => folder.File($"{name} {number}.png")).ToList();
        Parallel.For(0, pictures.Count, number => File.WriteAllBytes(files[number], clean(pictures[number])));
        return files;
    }
}
