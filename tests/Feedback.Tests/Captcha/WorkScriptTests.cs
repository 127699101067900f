using System.Globalization;
using Jint;
using Jint.Native;
using PortalServices.Testing;

namespace PortalServices.Feedback.Tests.Captcha;

/// <summary>
/// The script that browsers load solves what the portal issues: in its worker, and from a page, whether that knows the
/// script's address or not.
/// </summary>
public sealed class WorkScriptTests
{
    private const int Cost = 20;

    // What a worker has of a browser, as far as the script asks for it.
    private const string OfWorkers = """
        globalThis.self = globalThis;
        globalThis.TextEncoder = class { encode(text) { return Uint8Array.from([...text], c => c.charCodeAt(0)); } };
        """;

    // A worker here is another engine; it answers at once.
    private const string OfPages = """
        globalThis.window = globalThis;
        globalThis.location = { origin: 'https://portal.example' };
        globalThis.URL = class { constructor(url) { this.origin = url.split('/').slice(0, 3).join('/'); } static createObjectURL(blob) { return blob.text; } };
        globalThis.Blob = class { constructor(parts) { this.text = parts.join(''); } };
        globalThis.btoa = text => toBase64(text);
        globalThis.Worker = class {
          constructor(source) { this.source = source; }
          postMessage(message) { this.onmessage({ data: work(this.source, JSON.stringify(message)) }); }
          terminate() { }
        };
        """;

    private static readonly CaptchaSecret Secret = new(new byte[CaptchaSecret.Size]);

    private readonly WorkChallenges _challenges = new(
        Microsoft.Extensions.Options.Options.Create(new CaptchaOptions()),
        new SetClock(new DateTimeOffset(2026, 6, 8, 2, 0, 0, TimeSpan.Zero))
    );

    /// <summary>
    /// Salts that end around the end of a block of the hash, or of what it adds to a block; in a long run in each place of
    /// one. Behind them are numbers of one to three digits.
    /// </summary>
    [Fact]
    public void Its_worker_finds_the_number_behind_a_salt_of_any_length()
    {
        int[] around = [1, .. Enumerable.Range(52, 14), .. Enumerable.Range(117, 13)];
        foreach (var length in Variants.Of(around, Enumerable.Range(1, 130).Except(around)))
        {
            var (salt, number) = (
                new string('s', length),
                length % 3 == 0 ? 101
                : length % 3 == 1 ? 12
                : 0
            );
            Assert.Equal((length, number), (length, Work(Script(), salt, WorkChallenges.HashOf(salt, number), number)));
        }
    }

    [Fact]
    public void Its_worker_says_when_there_is_none() =>
        Assert.Equal(-1, Work(Script(), "salt", WorkChallenges.HashOf("salt", 4), 3));

    [Theory]
    [InlineData("{ src: 'https://portal.example/api/captchas/work.js' }", true)]
    [InlineData("{ src: 'https://elsewhere.example/api/captchas/work.js' }", false)]
    [InlineData("null", false)]
    public void A_page_has_the_text_that_is_sent(string currentScript, bool isByAddress)
    {
        var challenge = _challenges.Issue(Secret, "sonla", Cost);
        var sources = new List<string>();
        // Browsers give a function's text; this engine wants to be told it.
        using var page = new Engine(options =>
            options.Host.FunctionToStringHandler = (_, node) => Script()[node.Start..node.End]
        );
        page.SetValue("toBase64", (string text) => Convert.ToBase64String(System.Text.Encoding.Latin1.GetBytes(text)));
        page.SetValue(
            "work",
            (string source, string message) =>
            {
                sources.Add(source);
                return WorkOn(source.StartsWith("https://", StringComparison.Ordinal) ? Script() : source, message);
            }
        );
        page.Execute(OfPages).Execute($"globalThis.document = {{ currentScript: {currentScript} }};").Execute(Script());
        var sent = page.Evaluate(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"solveCaptchaWork({{ algorithm: '{challenge.Algorithm}', challenge: '{challenge.Challenge}', maxnumber: {challenge.MaxNumber}, salt: '{challenge.Salt}', signature: '{challenge.Signature}' }})"
                )
            )
            .UnwrapIfPromise(TestContext.Current.CancellationToken)
            .AsString();
        Assert.Equal(CaptchaOutcome.Right, _challenges.Verify(Secret, sent, "sonla", Cost).Outcome);
        Assert.Equal(isByAddress, Assert.Single(sources).StartsWith("https://", StringComparison.Ordinal));
    }

    private static int Work(string script, string salt, string challenge, int cost) =>
        WorkOn(
            script,
            string.Create(
                CultureInfo.InvariantCulture,
                $"{{\"salt\":\"{salt}\",\"challenge\":\"{challenge}\",\"maxnumber\":{cost}}}"
            )
        );

    private static int WorkOn(string script, string message)
    {
        using var worker = new Engine();
        var found = JsValue.Undefined;
        worker.SetValue(
            "postMessage",
            (JsValue number) =>
            {
                found = number;
            }
        );
        worker.Execute(OfWorkers).Execute(script).Execute($"self.onmessage({{ data: {message} }})");
        return (int)found.AsNumber();
    }

    private static string Script()
    {
        using var reader = new StreamReader(
            typeof(WorkChallenges).Assembly.GetManifestResourceStream("PortalServices.Feedback.Captcha.Work.work.js")!
        );
        return reader.ReadToEnd();
    }
}
