using System.Text.Json;
using PortalServices.Testing.Portal;

namespace PortalServices.Acceptance.Tests.Feedback;

/// <summary>Somebody who sends feedback to a site of the test's own.</summary>
internal sealed class Visitor(Portal portal, string site, CaptchaSolver solver, CancellationToken cancel)
{
    public string Site => site;

    public Portal Portal => portal;

    public static async Task<Visitor> OfNewSiteAsync(Portals portals, Shape shape, CancellationToken cancel)
    {
        var portal = await portals.InAsync(shape);
        // The first captcha makes the key that all others are made with.
        await portal.Public.PostAsync("/api/captchas", "", "application/json", cancel);
        await using var database = await portal.Shape.ConnectToFeedbackAsync();
        return new Visitor(portal, portal.NewSite(), await CaptchaSolver.OfAsync(database), cancel);
    }

    /// <summary>A key that nobody else has.</summary>
    public static string NewKey() => Guid.NewGuid().ToString("N");

    /// <summary>The fields that must be there.</summary>
    public static Dictionary<string, object?> Fields(string title = "Hỏi về tuyển sinh") =>
        new()
        {
            ["fullName"] = "Nguyễn Văn An",
            ["title"] = title,
            ["content"] = "Khi nào công bố điểm chuẩn vào lớp 10?\nXin cảm ơn.",
        };

    /// <summary>A new captcha.</summary>
    public async Task<JsonElement> CaptchaAsync()
    {
        var reply = await portal.Public.PostAsync("/api/captchas", "", "application/json", cancel);
        Assert.Equal(201, (int)reply.Status);
        return reply.Json;
    }

    /// <summary>A new captcha with its right answer, as a field.</summary>
    public async Task<object> SolvedAsync()
    {
        var id = (await CaptchaAsync()).GetProperty("id").GetString()!;
        return new { id, answer = solver.Answer(id) };
    }

    /// <summary>A new proof-of-work challenge, solved.</summary>
    public async Task<string> WorkAsync()
    {
        var reply = await portal.Public.GetAsync($"/api/sites/{site}/captchas/work", cancel);
        Assert.Equal((200, "no-store"), ((int)reply.Status, reply.Header("Cache-Control")));
        return WorkSolver.Solve(reply.Json);
    }

    public string Solve(string id) => solver.Answer(id);

    /// <summary>Sends fields with a solved captcha, unless they have one.</summary>
    public async Task<Reply> SendAsync(
        Dictionary<string, object?>? fields = null,
        string? key = null,
        params (string Name, string Value)[] headers
    )
    {
        fields ??= Fields();
        if (!fields.ContainsKey("captcha"))
        {
            fields["captcha"] = await SolvedAsync();
        }
        return await SendRawAsync(
            JsonSerializer.Serialize(fields),
            "application/json",
            [("Idempotency-Key", key ?? NewKey()), .. headers]
        );
    }

    /// <summary>Sends what it is told to.</summary>
    public Task<Reply> SendRawAsync(string body, string contentType, params (string Name, string Value)[] headers) =>
        portal.Public.PostAsync($"/api/sites/{site}/feedback", body, contentType, cancel, headers);

    /// <summary>Sends what it is told to, of any kind.</summary>
    public Task<Reply> SendBytesAsync(byte[] body, string contentType, params (string Name, string Value)[] headers)
    {
        var message = portal.Public.Message(
            HttpMethod.Post,
            $"/api/sites/{site}/feedback",
            null,
            headers.ToDictionary(header => header.Name, header => header.Value)
        );
        message.Content = new ByteArrayContent(body);
        message.Content.Headers.TryAddWithoutValidation("Content-Type", contentType);
        return portal.Public.SendAsync(message, cancel);
    }

    /// <summary>Sends feedback that must be taken; returns its receipt.</summary>
    public async Task<string> ReceiptAsync(Dictionary<string, object?>? fields = null)
    {
        var reply = await SendAsync(fields);
        Assert.True((int)reply.Status == 201, reply.ToString());
        return reply.Json.GetProperty("receipt").GetString()!;
    }

    /// <summary>Reads as a visitor.</summary>
    public Task<Reply> ReadAsync(string path, params (string Name, string Value)[] headers) =>
        portal.Public.GetAsync($"/api/sites/{site}/feedback{path}", cancel, headers);

    /// <summary>As a form without scripts sends it.</summary>
    public static string Form(IEnumerable<(string Name, string Value)> fields) =>
        string.Join(
            '&',
            fields.Select(field => $"{Uri.EscapeDataString(field.Name)}={Uri.EscapeDataString(field.Value)}")
        );
}
