using Microsoft.Playwright;
using PortalServices.Browser.Tests.Fixtures;
using PortalServices.Testing;
using PortalServices.Testing.Portal;
using PortalServices.Testing.Shapes;

namespace PortalServices.Browser.Tests.Portal;

/// <summary>The portal as it is at its first start, with the articles of the seeds; shared by the tests of its pages.</summary>
public sealed class SeededPortal : IAsyncLifetime
{
    public const string Site = "sonla";

    public const string Article = "/articles/day-manh-chuyen-doi-so-trong-cai-cach-hanh-chinh-tinh-son-la";

    private StandaloneShape _shape = null!;
    private Operators _operators = null!;

    public PortalClient PublicDoor => _shape.PublicDoor;

    /// <summary>The receipt of feedback that was answered.</summary>
    public string Receipt { get; private set; } = "";

    /// <summary>The address of a page.</summary>
    public string Url(string path) => new Uri(_shape.PublicDoor.Door, path).ToString();

    public async ValueTask InitializeAsync()
    {
        _shape = await StandaloneShape.StartNewAsync(
            new PortalSettings
            {
                Seeds = Path.Combine(Repository.Root, "seeds"),
                // Tests type faster than people, and all from one address.
                OfFeedback = new Dictionary<string, string>
                {
                    ["Captcha:FastestFill"] = "00:00:00",
                    ["Captcha:AddressSubmissionsPerHour"] = "1000000",
                    ["Captcha:SiteSubmissionsPerHour"] = "1000000",
                },
                Edge = new Dictionary<string, string>
                {
                    ["Edge:CaptchasPerMinute"] = "0",
                    ["Edge:CaptchaReadsPerMinute"] = "0",
                    ["Edge:FeedbackPerMinute"] = "0",
                    ["Edge:RatingsPerMinute"] = "0",
                    ["Edge:PagesPerMinute"] = "0",
                    ["Edge:SearchesPerMinute"] = "0",
                },
                LongTimeouts = true,
            }
        );
        _operators = new Operators(_shape);
        // So that every page has something to show.
        Receipt = await _operators.PublishAsync(
            Site,
            "Lịch tiếp công dân",
            "Nhà trường tiếp vào sáng thứ Hai hằng tuần.",
            category: "khac"
        );
    }

    /// <summary>Answers and publishes the feedback with this title, as an operator does.</summary>
    public Task AnswerAsync(string title, string answer) => _operators.AnswerAsync(Site, title, answer);

    /// <summary>What is to be typed for the code that an image shows.</summary>
    public async Task<string> CodeAsync(ILocator image)
    {
        var address = new Uri(new Uri(Url("/")), await image.GetAttributeAsync("src"));
        return await _operators.CodeAsync(address.Segments[^2].TrimEnd('/'));
    }

    public async ValueTask DisposeAsync() => await _shape.DisposeAsync();
}
