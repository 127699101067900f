using System.Diagnostics;

namespace PortalServices.Feedback.Tests.Captcha;

/// <summary>The program tesseract, which reads pictures.</summary>
internal static class Tesseract
{
    /// <summary>What it reads in each picture, without spaces.</summary>
    /// <param name="files">Pictures.</param>
    /// <param name="mode">How it takes a page apart: 6 as a block, 7 as a line, 8 as a word.</param>
    public static async Task<List<string>> ReadAsync(IReadOnlyList<string> files, int mode)
    {
        var texts = new List<string>();
        while (texts.Count < files.Count)
        {
            var (read, code) = await RunAsync(files.Skip(texts.Count), mode);
            texts.AddRange(read);

            // It crashes at some pictures: at the first that it has not read, or soon after, since what it read last
            // may not be written yet.
            if (code != 0 && texts.Count < files.Count)
            {
                texts.AddRange((await RunAsync([files[texts.Count]], mode)).Texts.DefaultIfEmpty(""));
            }
            else if (texts.Count != files.Count)
            {
                throw new InvalidOperationException($"tesseract read {texts.Count} of {files.Count} pictures.");
            }
        }

        return texts;
    }

    private static async Task<(List<string> Texts, int Code)> RunAsync(IEnumerable<string> files, int mode)
    {
        var start = new ProcessStartInfo(
            "tesseract",
            ["stdin", "stdout", "--psm", $"{mode}", "-c", $"tessedit_char_whitelist={CaptchaAlphabet.Characters}"]
        )
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { ["OMP_THREAD_LIMIT"] = "1" },
        };
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        await process.StandardInput.WriteAsync(string.Join('\n', files) + "\n");
        process.StandardInput.Close();
        await process.WaitForExitAsync();
        await errors;

        // A form feed stands between two pages; what follows the last one of a crashed process may be a part of a page.
        var pages = (await output)
            .Split('\f')
            .Select(page => string.Concat(page.Where(character => !char.IsWhiteSpace(character))));
        return ([.. process.ExitCode == 0 ? pages : pages.SkipLast(1)], process.ExitCode);
    }
}
