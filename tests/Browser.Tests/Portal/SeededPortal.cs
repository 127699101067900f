using System.Globalization;
using System.Text.Json;
using Microsoft.Playwright;
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
    private string _key = "";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public PortalClient PublicDoor => _shape.PublicDoor;

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
        _key = (await File.ReadAllTextAsync(Path.Combine(_shape.Data, "operator.key"))).Trim();
        // So that every page has something to show.
        await PublishAsync("Lịch tiếp công dân", "Nhà trường tiếp vào sáng thứ Hai hằng tuần.");
    }

    /// <summary>Answers and publishes the feedback with this title, as an operator does.</summary>
    public async Task AnswerAsync(string title, string answer)
    {
        var list = await AsOperatorAsync(HttpMethod.Get, "feedback?pageSize=100");
        var id = list.EnumerateObject()
            .First(each => each.Name == "items")
            .Value.EnumerateArray()
            .Single(each => each.GetProperty("title").GetString() == title)
            .GetProperty("id")
            .GetString();
        await AsOperatorAsync(HttpMethod.Post, $"feedback/{id}/start");
        await AsOperatorAsync(HttpMethod.Post, $"feedback/{id}/answer", new { text = answer });
        await AsOperatorAsync(HttpMethod.Post, $"feedback/{id}/publish");
    }

    /// <summary>What is to be typed for the code that an image shows.</summary>
    public async Task<string> CodeAsync(ILocator image)
    {
        var address = new Uri(new Uri(Url("/")), await image.GetAttributeAsync("src"));
        return await CodeAsync(address.Segments[^2].TrimEnd('/'));
    }

    public async ValueTask DisposeAsync() => await _shape.DisposeAsync();

    private async Task PublishAsync(string title, string answer)
    {
        var captcha = await PublicDoor.PostAsync($"/api/captchas?site={Site}", "", "application/json", Cancel);
        var id = captcha.Json.GetProperty("id").GetString()!;
        var sent = await PublicDoor.PostAsync(
            $"/api/sites/{Site}/feedback",
            JsonSerializer.Serialize(
                new
                {
                    fullName = "Nguyễn Văn An",
                    title,
                    content = "Nhà trường tiếp công dân vào lúc nào?",
                    category = "khac",
                    captcha = new { id, answer = await CodeAsync(id) },
                }
            ),
            "application/json",
            Cancel,
            ("Idempotency-Key", Guid.NewGuid().ToString("N", CultureInfo.InvariantCulture))
        );
        Assert.True((int)sent.Status == 201, sent.ToString());
        await AnswerAsync(title, answer);
    }

    private async Task<string> CodeAsync(string captcha)
    {
        await using var database = await _shape.ConnectToFeedbackAsync();
        return (await CaptchaSolver.OfAsync(database)).Answer(captcha);
    }

    private async Task<JsonElement> AsOperatorAsync(HttpMethod method, string path, object? body = null)
    {
        var message = _shape.OperatorsDoor.Message(
            method,
            $"/api/operator/sites/{Site}/{path}",
            null,
            new Dictionary<string, string> { ["Authorization"] = $"Bearer {_key}", ["If-Match"] = "*" }
        );
        if (body is not null)
        {
            message.Content = new StringContent(
                JsonSerializer.Serialize(body),
                System.Text.Encoding.UTF8,
                "application/json"
            );
        }
        var reply = await _shape.OperatorsDoor.SendAsync(message, Cancel);
        Assert.True((int)reply.Status == 200, reply.ToString());
        return reply.Json;
    }
}
