using System.Globalization;
using PortalServices.Testing.Portal;

namespace PortalServices.Acceptance.Tests.Feedback;

/// <summary>A visitor asks for a captcha, solves it, sends feedback, and keeps a receipt.</summary>
[Usually(Shape.Services)]
public sealed class SubmissionTests(Portals portals)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory, EveryShape]
    public async Task Feedback_is_taken_and_its_receipt_tells_what_becomes_of_it(Shape shape)
    {
        var visitor = await Visitor.OfNewSiteAsync(portals, shape, Cancel);
        var sent = await visitor.SendAsync();
        Assert.True((int)sent.Status == 201, sent.ToString());
        var receipt = sent.Json.GetProperty("receipt").GetString()!;
        Assert.Matches("^[0-9A-HJKMNP-TV-Z]{4}(-[0-9A-HJKMNP-TV-Z]{4}){2}$", receipt);
        Assert.Equal("received", sent.Json.GetProperty("status").GetString());
        var due = DateOnly.ParseExact(
            sent.Json.GetProperty("dueBy").GetString()!,
            "yyyy-MM-dd",
            CultureInfo.InvariantCulture
        );
        // Fifteen working days are at least three weeks, the last one up to its Friday, from the Monday after a Sunday
        // on.
        Assert.True(due >= Portal.Today.AddDays(19), sent.Body);

        Assert.Equal($"/api/sites/{visitor.Site}/feedback/{receipt}", sent.Header("Location"));
        var read = await visitor.ReadAsync(
            $"/{receipt.ToLowerInvariant().Replace("-", "", StringComparison.Ordinal).Replace('0', 'o')}"
        );
        Assert.Equal((200, "no-store"), ((int)read.Status, read.Header("Cache-Control")));
        Assert.Equal(
            (receipt, "received", "Hỏi về tuyển sinh"),
            (Text(read, "receipt"), Text(read, "status"), Text(read, "title"))
        );
        // Not what could be somebody else's.
        Assert.DoesNotContain("Nguyễn", read.Body, StringComparison.Ordinal);
        Assert.DoesNotContain("điểm chuẩn", read.Body, StringComparison.Ordinal);
        // Another site knows nothing of it, and nothing is published.
        Assert.Equal(
            404,
            (int)
                (
                    await visitor.Portal.Public.GetAsync(
                        $"/api/sites/{visitor.Portal.NewSite()}/feedback/{receipt}",
                        Cancel
                    )
                ).Status
        );
        Assert.Equal(0, (await visitor.ReadAsync("")).Json.GetProperty("total").GetInt32());
    }

    [Theory, EveryShape]
    public async Task Proof_of_work_is_enough_without_sight_or_hearing_once(Shape shape)
    {
        var visitor = await Visitor.OfNewSiteAsync(portals, shape, Cancel);
        var fields = Visitor.Fields();
        fields["captcha"] = new { work = await visitor.WorkAsync() };
        Assert.Equal(201, (int)(await visitor.SendAsync(fields)).Status);
        var again = await visitor.SendAsync(fields);
        Assert.Equal((400, "captcha_used"), ((int)again.Status, Text(again, "code")));
        (string, string)[] form =
        [
            ("fullName", "An"),
            ("title", "Góp ý"),
            ("content", "Chậm."),
            ("altcha", await visitor.WorkAsync()),
            ("idempotencyKey", Visitor.NewKey()),
        ];
        Assert.Equal(
            303,
            (int)(await visitor.SendRawAsync(Visitor.Form(form), "application/x-www-form-urlencoded")).Status
        );

        var script = await visitor.Portal.Public.GetAsync("/api/captchas/work.js", Cancel);
        Assert.Equal((200, "text/javascript; charset=utf-8"), ((int)script.Status, script.Header("Content-Type")));
        Assert.Contains("solveCaptchaWork", script.Body, StringComparison.Ordinal);
    }

    [Theory, EveryShape]
    public async Task A_part_of_the_sound_is_answered_as_such(Shape shape)
    {
        var visitor = await Visitor.OfNewSiteAsync(portals, shape, Cancel);
        var sound = (await visitor.CaptchaAsync()).GetProperty("audioUrl").GetString()!;
        var whole = await visitor.Portal.Public.GetAsync(sound, Cancel);
        Assert.Equal(200, (int)whole.Status);
        var first = await visitor.Portal.Public.GetAsync(sound, Cancel, ("Range", "bytes=0-1"));
        Assert.Equal(
            (206, $"bytes 0-1/{whole.Header("Content-Length")}", "2", "RI"),
            ((int)first.Status, first.Header("Content-Range"), first.Header("Content-Length"), first.Body)
        );
        // Nobody is failed for asking too much.
        foreach (var other in (string[])["bytes=99999999-", "bytes=0-1,4-5", "bytes=x", "lines=0-1", "bytes=-0"])
        {
            Assert.Equal(
                (other, 200),
                (other, (int)(await visitor.Portal.Public.GetAsync(sound, Cancel, ("Range", other))).Status)
            );
        }
    }

    [Theory, EveryShape]
    public async Task A_form_without_scripts_is_sent_on_to_its_receipt(Shape shape)
    {
        var visitor = await Visitor.OfNewSiteAsync(portals, shape, Cancel);
        var id = (await visitor.CaptchaAsync()).GetProperty("id").GetString()!;
        (string, string)[] fields =
        [
            ("fullName", "Trần Thị Bình"),
            ("title", "Góp ý"),
            ("content", "Dòng một\r\nDòng hai"),
            ("email", "binh@example.vn"),
            ("website", ""),
            ("captcha.id", id),
            ("captcha.answer", $" {visitor.Solve(id).ToLowerInvariant()} "),
            ("idempotencyKey", Visitor.NewKey()),
            ("send", "Gửi"),
        ];
        var sent = await visitor.SendRawAsync(Visitor.Form(fields), "application/x-www-form-urlencoded");
        Assert.True((int)sent.Status == 303, sent.ToString());
        var read = await visitor.Portal.Public.GetAsync(sent.Header("Location")!, Cancel);
        Assert.Equal((200, "received"), ((int)read.Status, Text(read, "status")));
        // Sent again by a click on "reload", it is the same.
        Assert.Equal(
            sent.Header("Location"),
            (await visitor.SendRawAsync(Visitor.Form(fields), "application/x-www-form-urlencoded")).Header("Location")
        );

        var entry = await OnlyAsync(visitor);
        Assert.Equal(
            ("Trần Thị Bình", "Dòng một\nDòng hai", "binh@example.vn"),
            (Text(entry, "fullName"), Text(entry, "content"), Text(entry, "email"))
        );
    }

    [Theory, EveryShape]
    public async Task A_wrong_code_is_corrected_with_a_new_captcha_and_the_same_key(Shape shape)
    {
        var visitor = await Visitor.OfNewSiteAsync(portals, shape, Cancel);
        var (key, fields) = (Visitor.NewKey(), Visitor.Fields());
        var id = (await visitor.CaptchaAsync()).GetProperty("id").GetString()!;
        fields["captcha"] = new { id, answer = "WRONG" };
        Assert.Equal((400, "captcha_wrong"), Code(await visitor.SendAsync(fields, key)));
        // Its one guess is used up, also for the right answer.
        fields["captcha"] = new { id, answer = visitor.Solve(id) };
        Assert.Equal((400, "captcha_used"), Code(await visitor.SendAsync(fields, key)));
        fields["captcha"] = await visitor.SolvedAsync();
        Assert.Equal(201, (int)(await visitor.SendAsync(fields, key)).Status);
        Assert.Equal("Hỏi về tuyển sinh", Text(await OnlyAsync(visitor), "title"));
    }

    [Theory, EveryShape]
    public async Task A_mistake_in_a_field_uses_up_no_captcha(Shape shape)
    {
        var visitor = await Visitor.OfNewSiteAsync(portals, shape, Cancel);
        var fields = Visitor.Fields("");
        fields["captcha"] = await visitor.SolvedAsync();
        var reply = await visitor.SendAsync(fields, null, ("Accept-Language", "vi"));
        Assert.Equal((400, "invalid_fields"), Code(reply));
        Assert.Equal("Bắt buộc nhập.", reply.Json.GetProperty("errors").GetProperty("title")[0].GetString());
        Assert.Single(reply.Json.GetProperty("errors").EnumerateObject());
        fields["title"] = "Có tiêu đề";
        Assert.Equal(201, (int)(await visitor.SendAsync(fields)).Status);
    }

    [Theory, EveryShape]
    public async Task The_same_key_is_the_same_feedback_and_never_somebody_elses(Shape shape)
    {
        var visitor = await Visitor.OfNewSiteAsync(portals, shape, Cancel);
        var (key, fields) = (Visitor.NewKey(), Visitor.Fields());
        var first = await visitor.SendAsync(fields, key);
        // Resent unchanged, its captcha used up long since; and with a new captcha.
        Assert.Equal(Text(first, "receipt"), Text(await visitor.SendAsync(fields, key), "receipt"));
        fields["captcha"] = await visitor.SolvedAsync();
        Assert.Equal(Text(first, "receipt"), Text(await visitor.SendAsync(fields, key), "receipt"));
        // Who happens to have the same key has other fields, and is told no receipt.
        var others = await visitor.SendAsync(Visitor.Fields("Ý kiến khác"), key);
        Assert.Equal((422, "idempotency_key_reused"), Code(others));
        Assert.DoesNotContain(Text(first, "receipt")!, others.Body, StringComparison.Ordinal);
        Assert.Equal(Text(first, "receipt"), Text(await OnlyAsync(visitor), "receipt"));
    }

    [Theory, EveryShape]
    public async Task A_captcha_serves_one_submission_however_many_try_at_once(Shape shape)
    {
        var visitor = await Visitor.OfNewSiteAsync(portals, shape, Cancel);
        var captcha = await visitor.SolvedAsync();
        var replies = await Task.WhenAll(
            Enumerable
                .Range(0, 20)
                .Select(n =>
                {
                    var fields = Visitor.Fields($"Lần {n}");
                    fields["captcha"] = captcha;
                    return visitor.SendAsync(fields);
                })
        );
        Assert.Single(replies, reply => (int)reply.Status == 201);
        Assert.All(
            replies.Where(reply => (int)reply.Status != 201),
            reply => Assert.Equal((400, "captcha_used"), Code(reply))
        );
        await OnlyAsync(visitor);
    }

    [Theory, EveryShape]
    public async Task Resent_at_the_same_moment_it_is_taken_once_and_all_learn_the_same(Shape shape)
    {
        var visitor = await Visitor.OfNewSiteAsync(portals, shape, Cancel);
        var (key, fields) = (Visitor.NewKey(), Visitor.Fields());
        fields["captcha"] = await visitor.SolvedAsync();
        var replies = await Task.WhenAll(
            Enumerable.Range(0, 20).Select(_ => visitor.SendAsync(new Dictionary<string, object?>(fields), key))
        );
        var receipt = Text(await OnlyAsync(visitor), "receipt");
        Assert.All(
            replies,
            reply =>
                Assert.True(
                    (int)reply.Status == 201
                        ? Text(reply, "receipt") == receipt
                        : Code(reply) == (409, "request_in_progress"),
                    reply.ToString()
                )
        );
        Assert.Contains(replies, reply => (int)reply.Status == 201);
    }

    [Theory, EveryShape]
    public async Task An_image_fetched_fifty_times_is_the_same_to_the_byte(Shape shape)
    {
        var visitor = await Visitor.OfNewSiteAsync(portals, shape, Cancel);
        var captcha = await visitor.CaptchaAsync();
        foreach (var (field, type) in new[] { ("imageUrl", "image/png"), ("audioUrl", "audio/wav") })
        {
            var address = captcha.GetProperty(field).GetString()!;
            Assert.StartsWith("/api/captchas/", address, StringComparison.Ordinal);
            var replies = await Task.WhenAll(
                Enumerable.Range(0, 50).Select(_ => visitor.Portal.Public.GetBytesAsync(address, Cancel))
            );
            Assert.All(replies, reply => Assert.Equal((200, type), (reply.Status, reply.MediaType)));
            Assert.All(replies, reply => Assert.Equal(replies[0].Content, reply.Content));
        }
    }

    private static string? Text(Reply reply, string field) => Text(reply.Json, field);

    private static string? Text(System.Text.Json.JsonElement json, string field) => json.GetProperty(field).GetString();

    private static (int, string?) Code(Reply reply) =>
        ((int)reply.Status, reply.Json.TryGetProperty("code", out var code) ? code.GetString() : null);

    /// <summary>The site's only feedback, as operators see it.</summary>
    private static async Task<System.Text.Json.JsonElement> OnlyAsync(Visitor visitor)
    {
        var list = await visitor.Portal.ReadAsOperatorAsync(visitor.Site, "feedback", Cancel);
        Assert.Equal(1, list.Json.GetProperty("total").GetInt32());
        return list.Json.GetProperty("items")[0];
    }
}
