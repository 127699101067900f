using System.Globalization;
using Microsoft.Playwright;
using PortalServices.Testing.Portal;
using PortalServices.Testing.Shapes;

namespace PortalServices.Browser.Tests.Fixtures;

/// <summary>
/// A portal in one process, and a server of pages that include its script. Tests that stop it use <see cref="StoppedProduct"/>.
/// </summary>
public class Product : IAsyncLifetime
{
    private const int Sites = 99;

    private readonly IReadOnlyDictionary<string, string> _ofFeedback;
    private int _taken;

    public Product()
        : this(submissionsWithoutWork: 1_000_000) { }

    /// <param name="submissionsWithoutWork">How many times within an hour an image alone is enough.</param>
    protected Product(int submissionsWithoutWork) =>
        _ofFeedback = new Dictionary<string, string>
        {
            // Tests type faster than people, and all from one address.
            ["Captcha:FastestFill"] = "00:00:00",
            ["Captcha:AddressSubmissionsPerHour"] = submissionsWithoutWork.ToString(CultureInfo.InvariantCulture),
            ["Captcha:SiteSubmissionsPerHour"] = "1000000",
        };

    /// <summary>What every site has carried over.</summary>
    public static readonly Periods Baseline = new(31_314, 96_100, 18_481_239);

    /// <summary>The server of the pages.</summary>
    public HostPages Pages { get; private set; } = null!;

    /// <summary>The processes.</summary>
    public StandaloneShape Shape { get; private set; } = null!;

    /// <summary>The address of the public door, without a slash at its end.</summary>
    public string Door => Shape.PublicDoor.Door.GetLeftPart(UriPartial.Authority);

    public async ValueTask InitializeAsync()
    {
        Pages = await HostPages.StartAsync();
        Shape = await StandaloneShape.StartNewAsync(
            new PortalSettings
            {
                Sites =
                [
                    .. Enumerable
                        .Range(1, Sites)
                        .Select(number =>
                            new SiteEntry(Name(number)) { Origins = [Pages.Listed] }.WithBaseline(
                                Baseline.Total,
                                Baseline.Week,
                                Baseline.Today
                            )
                        ),
                ],
                OfFeedback = _ofFeedback,
                Edge = new Dictionary<string, string>
                {
                    ["Edge:CaptchasPerMinute"] = "0",
                    ["Edge:CaptchaReadsPerMinute"] = "0",
                    ["Edge:FeedbackPerMinute"] = "0",
                },
                LongTimeouts = true,
            }
        );
    }

    /// <summary>A site that nobody has used yet.</summary>
    public Site NewSite() => new(this, Name(Interlocked.Increment(ref _taken)));

    /// <summary>Ends the process as an operator does. What it keeps stays.</summary>
    public async Task StopAsync() => Assert.All(await Shape.TerminateAsync(), code => Assert.Equal(0, code));

    /// <summary>Starts it again, at the same addresses.</summary>
    public Task StartAsync() => Shape.StartAsync();

    /// <summary>What is to be typed for the verification code that an image shows.</summary>
    public async Task<string> AnswerAsync(ILocator image)
    {
        var id = new Uri((await image.GetAttributeAsync("src"))!).Segments[^2].TrimEnd('/');
        await using var database = await Shape.ConnectToFeedbackAsync();
        return (await CaptchaSolver.OfAsync(database)).Answer(id);
    }

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await Shape.DisposeAsync();
        await Pages.DisposeAsync();
    }

    private static string Name(int number) => string.Create(CultureInfo.InvariantCulture, $"site-{number:D2}");
}
