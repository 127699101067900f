using System.Net;
using System.Text;
using System.Text.Json;
using PortalServices.Testing;
using PortalServices.Testing.Portal;
using PortalServices.Testing.Shapes;

namespace PortalServices.Standalone.Tests.Host;

public sealed class ErasedFeedbackTests
{
    private static readonly string[] Marks =
    [
        "Dauten",
        "Dautieude",
        "dautieude",
        "Daunoidung",
        "dauthu",
        "Daughichu",
        "Dautraloi",
        "Daucongbo",
    ];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>
    /// Killed right after the erasure, or stopped: at the latest the next clean stop leaves no word of it in any file
    /// of the data folder.
    /// </summary>
    [Theory, Rows]
    [LongRow(false)]
    [UsualRow(true)]
    public async Task Of_erased_feedback_no_file_of_the_data_folder_has_a_word(bool isKilled)
    {
        var key = new OperatorKey("Cán bộ", ["feedback.read", "feedback.write"], ["*"]);
        await using var portal = await StandaloneShape.StartNewAsync(
            new PortalSettings
            {
                Feedback = true,
                Keys = [key],
                OfFeedback = new Dictionary<string, string> { ["Captcha:FastestFill"] = "00:00:00" },
            }
        );
        await SubmitMarkedAsync(portal);
        var entry = await Entry.OnlyAsync(portal, key);
        await entry.StepAsync("notes", new { text = "Daughichu" });
        await entry.StepAsync("answer", new { text = "Dautraloi" });
        await entry.StepAsync("publish", new { content = "Daucongbo" });
        // The process locks others of its files while it runs.
        Assert.Equal(Marks, MarksIn(portal, "feedback.db*"));
        await entry.StepAsync("erase", new { reason = "Theo yêu cầu" });
        if (isKilled)
        {
            await portal.KillAsync();
            await portal.StartAsync();
        }

        Assert.All(await portal.TerminateAsync(), code => Assert.Equal(0, code));
        Assert.Equal([], MarksIn(portal, "*"));
    }

    /// <summary>Also before the file of the database is rebuilt; and what is not erased is in it.</summary>
    [Fact]
    public async Task Of_erased_feedback_no_file_of_a_backup_has_a_word()
    {
        var key = new OperatorKey("Cán bộ", ["feedback.read", "feedback.write"], ["*"]);
        using var place = new TemporaryDirectory();
        await using var portal = await StandaloneShape.StartNewAsync(
            new PortalSettings
            {
                Feedback = true,
                Keys = [key],
                OfFeedback = new Dictionary<string, string> { ["Captcha:FastestFill"] = "00:00:00" },
            }
        );
        await SubmitMarkedAsync(portal);
        var entry = await Entry.OnlyAsync(portal, key);
        await entry.StepAsync("notes", new { text = "Daughichu" });
        await entry.StepAsync("answer", new { text = "Dautraloi" });
        await entry.StepAsync("publish", new { content = "Daucongbo" });
        await BackUpAsync(portal, place.File("before"));
        await entry.StepAsync("erase", new { reason = "Theo yêu cầu" });
        await BackUpAsync(portal, place.File("after"));
        Assert.Equal(Marks, MarksIn(place.File("before"), "*"));
        Assert.Equal([], MarksIn(place.File("after"), "*"));
    }

    private static async Task BackUpAsync(StandaloneShape portal, string folder)
    {
        var run = await portal.RunCommandAsync("--backup", folder);
        Assert.True(run.ExitCode == 0, string.Join('\n', run.Errors));
    }

    private static async Task SubmitMarkedAsync(StandaloneShape portal)
    {
        var captcha = await CaptchaAsync(portal);
        await using var database = await portal.ConnectToFeedbackAsync();
        var answer = (await CaptchaSolver.OfAsync(database)).Answer(captcha);
        var body = JsonSerializer.Serialize(
            new
            {
                fullName = "Dauten An",
                title = "Dautieude",
                content = string.Join(' ', Enumerable.Repeat("Daunoidung", 400)),
                email = "dauthu@example.vn",
                captcha = new { id = captcha, answer },
            }
        );
        var reply = await portal.PublicDoor.PostAsync(
            "/api/sites/site/feedback",
            body,
            "application/json",
            Cancel,
            ("Idempotency-Key", new string('k', 20))
        );
        Assert.True(reply.Status == HttpStatusCode.Created, reply.ToString());
    }

    private static IEnumerable<string> MarksIn(StandaloneShape portal, string files) => MarksIn(portal.Data, files);

    private static IEnumerable<string> MarksIn(string folder, string files) =>
        Marks.Where(mark =>
            Directory
                .GetFiles(folder, files, SearchOption.AllDirectories)
                .Any(file => Bytes(file).AsSpan().IndexOf(Encoding.UTF8.GetBytes(mark)) >= 0)
        );

    private static async Task<string> CaptchaAsync(StandaloneShape portal) =>
        (await portal.PublicDoor.PostAsync("/api/captchas", "", "application/json", Cancel))
            .Json.GetProperty("id")
            .GetString()!;

    private static byte[] Bytes(string file)
    {
        using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using var copy = new MemoryStream();
        stream.CopyTo(copy);
        return copy.ToArray();
    }

    /// <summary>The only feedback, in an operator's hands.</summary>
    private sealed record Entry(StandaloneShape Portal, OperatorKey Key, string Id)
    {
        public static async Task<Entry> OnlyAsync(StandaloneShape portal, OperatorKey key)
        {
            var list = await portal.OperatorsDoor.SendAsync(Message(portal, key, HttpMethod.Get, "", null), Cancel);
            return new Entry(portal, key, list.Json.GetProperty("items")[0].GetProperty("id").GetString()!);
        }

        public async Task StepAsync(string step, object body)
        {
            var reply = await Portal.OperatorsDoor.SendAsync(
                Message(Portal, Key, HttpMethod.Post, $"/{Id}/{step}", JsonSerializer.Serialize(body)),
                Cancel
            );
            Assert.True((int)reply.Status == 200, reply.ToString());
        }

        private static HttpRequestMessage Message(
            StandaloneShape portal,
            OperatorKey key,
            HttpMethod method,
            string path,
            string? body
        )
        {
            var message = portal.OperatorsDoor.Message(
                method,
                $"/api/operator/sites/site/feedback{path}",
                body,
                new Dictionary<string, string> { ["Authorization"] = $"Bearer {key.Value}", ["If-Match"] = "*" }
            );
            if (body is not null)
            {
                message.Content = new StringContent(body, Encoding.UTF8, "application/json");
            }
            return message;
        }
    }
}
