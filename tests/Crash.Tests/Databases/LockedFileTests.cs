using System.Data.Common;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using PortalServices.Testing.Portal;
using PortalServices.Testing.Shapes;

namespace PortalServices.Crash.Tests.Databases;

/// <summary>
/// Another process holds a file of SQLite: changes are answered 503 before their time is up, and readers go on.
/// </summary>
public sealed class LockedFileTests(Portals portals) : IClassFixture<Portals>
{
    private static readonly OperatorKey Admin = new("admin", ["admin"], ["*"]);
    private static readonly PortalSettings Settings = new()
    {
        Keys = [Admin],
        LongTimeouts = true,
        OfFeedback = new Dictionary<string, string> { ["Captcha:FastestFill"] = "00:00:00" },
    };

    private readonly string _site = portals.NewSite();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("IMMEDIATE")]
    [InlineData("EXCLUSIVE")]
    public async Task Who_changes_something_is_told_to_try_again_and_who_reads_goes_on(string how)
    {
        var portal = await portals.StandaloneAsync(Settings);
        Assert.Equal(201, (int)(await WriteAsync(portal)).Status);
        var captcha = (await portal.PublicDoor.PostAsync("/api/captchas", "", "application/json", Cancel))
            .Json.GetProperty("id")
            .GetString()!;
        await using var content = await portal.ConnectToContentAsync();
        await using var feedback = await portal.ConnectToFeedbackAsync();
        await RunAsync(content, $"BEGIN {how}");
        await RunAsync(feedback, $"BEGIN {how}");

        var replies = await Task.WhenAll(
            WriteAsync(portal),
            SubmitAsync(portal, captcha),
            ReadAsync(portal, "articles"),
            ReadAsync(portal, "feedback")
        );

        Assert.All(
            replies[..2],
            reply =>
                Assert.Equal(
                    (503, "store_unavailable", "1"),
                    ((int)reply.Status, reply.Json.GetProperty("code").GetString(), reply.Header("Retry-After"))
                )
        );
        Assert.All(replies[2..], reply => Assert.Equal(200, (int)reply.Status));

        await RunAsync(content, "ROLLBACK");
        await RunAsync(feedback, "ROLLBACK");
        Assert.Equal(201, (int)(await WriteAsync(portal)).Status);
        Assert.Equal("captcha_wrong", (await SubmitAsync(portal, captcha)).Json.GetProperty("code").GetString());
    }

    private Task<Reply> WriteAsync(StandaloneShape portal)
    {
        var message = new HttpRequestMessage(
            HttpMethod.Post,
            new Uri(portal.OperatorsDoor.Door, $"/api/operator/sites/{_site}/articles")
        )
        {
            Content = JsonContent.Create(new { title = "Bài", body = "Nội dung." }),
        };
        message.Headers.Authorization = new AuthenticationHeaderValue("Bearer", Admin.Value);
        return portal.OperatorsDoor.SendAsync(message, Cancel);
    }

    // A wrong answer is stored, too: a captcha can be answered once.
    private Task<Reply> SubmitAsync(StandaloneShape portal, string captcha) =>
        portal.PublicDoor.PostAsync(
            $"/api/sites/{_site}/feedback",
            JsonSerializer.Serialize(
                new
                {
                    fullName = "An",
                    title = "Hỏi",
                    content = "Nội dung",
                    email = "an@example.vn",
                    website = "",
                    captcha = new { id = captcha, answer = "WRONG" },
                }
            ),
            "application/json",
            Cancel,
            ("Idempotency-Key", $"{_site}-0123456789abcdef")
        );

    private Task<Reply> ReadAsync(StandaloneShape portal, string path) =>
        portal.PublicDoor.GetAsync($"/api/sites/{_site}/{path}", Cancel);

    private static async Task RunAsync(DbConnection connection, string sql)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        await command.ExecuteNonQueryAsync(Cancel);
    }
}
