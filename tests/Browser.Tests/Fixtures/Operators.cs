using System.Globalization;
using System.Text;
using System.Text.Json;
using PortalServices.Testing.Portal;
using PortalServices.Testing.Shapes;

namespace PortalServices.Browser.Tests.Fixtures;

/// <summary>What operators of a portal do, and the one sender whose feedback they publish.</summary>
internal sealed class Operators(StandaloneShape shape)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>Sends feedback, answers and publishes it; its receipt.</summary>
    public async Task<string> PublishAsync(string site, string title, string answer, string? category = null)
    {
        var captcha = await shape.PublicDoor.PostAsync($"/api/captchas?site={site}", "", "application/json", Cancel);
        var id = captcha.Json.GetProperty("id").GetString()!;
        var sent = await shape.PublicDoor.PostAsync(
            $"/api/sites/{site}/feedback",
            JsonSerializer.Serialize(
                new
                {
                    fullName = "Nguyễn Văn An",
                    title,
                    content = "Nhà trường tiếp công dân vào lúc nào?",
                    category,
                    captcha = new { id, answer = await CodeAsync(id) },
                }
            ),
            "application/json",
            Cancel,
            ("Idempotency-Key", Guid.NewGuid().ToString("N", CultureInfo.InvariantCulture))
        );
        Assert.True((int)sent.Status == 201, sent.ToString());
        await AnswerAsync(site, title, answer);
        return sent.Json.GetProperty("receipt").GetString()!;
    }

    /// <summary>Answers and publishes the feedback with this title.</summary>
    public async Task AnswerAsync(string site, string title, string answer)
    {
        var list = await SendAsync(HttpMethod.Get, site, "feedback?pageSize=100");
        var id = list.GetProperty("items")
            .EnumerateArray()
            .Single(each => each.GetProperty("title").GetString() == title)
            .GetProperty("id")
            .GetString();
        await SendAsync(HttpMethod.Post, site, $"feedback/{id}/start");
        await SendAsync(HttpMethod.Post, site, $"feedback/{id}/answer", new { text = answer });
        await SendAsync(HttpMethod.Post, site, $"feedback/{id}/publish");
    }

    /// <summary>What is to be typed for a captcha.</summary>
    public async Task<string> CodeAsync(string captcha)
    {
        await using var database = await shape.ConnectToFeedbackAsync();
        return (await CaptchaSolver.OfAsync(database)).Answer(captcha);
    }

    private async Task<JsonElement> SendAsync(HttpMethod method, string site, string path, object? body = null)
    {
        var key = (await File.ReadAllTextAsync(Path.Combine(shape.Data, "operator.key"), Cancel)).Trim();
        var message = shape.OperatorsDoor.Message(
            method,
            $"/api/operator/sites/{site}/{path}",
            null,
            new Dictionary<string, string> { ["Authorization"] = $"Bearer {key}", ["If-Match"] = "*" }
        );
        if (body is not null)
        {
            message.Content = new StringContent(JsonSerializer.Serialize(body), Encoding.UTF8, "application/json");
        }
        var reply = await shape.OperatorsDoor.SendAsync(message, Cancel);
        Assert.True((int)reply.Status == 200, reply.ToString());
        return reply.Json;
    }
}
