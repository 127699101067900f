using System.Text;
using System.Text.Json;
using PortalServices.Testing.Portal;

namespace PortalServices.Acceptance.Tests.Feedback;

/// <summary>
/// What visitors send wrongly, or on purpose: a clear refusal with its code, or harmless by design; and nothing
/// half-done.
/// </summary>
public sealed class FeedbackBadInputTests(Portals portals)
{
    private static readonly string Json = JsonSerializer.Serialize(Visitor.Fields());

    private static readonly (string Field, object? Value)[] WrongFields =
    [
        ("fullName", null),
        ("fullName", "   "),
        ("fullName", new string('a', 101)),
        ("title", null),
        ("title", new string('a', 201)),
        ("content", ""),
        ("content", new string('a', 5_001)),
        ("title", "một\nhai"),
        ("fullName", "An\r\nBcc: x@example.vn"),
        ("title", "a\u0000b"),
        ("content", "a\u0007b"),
        ("fullName", "\u202E\u200B"),
        ("email", "an"),
        ("email", "an@example"),
        ("email", "an@example.vn\r\nBcc: b@example.vn"),
        ("email", "An <an@example.vn>"),
        ("email", "an@example.vn, b@example.vn"),
        ("email", new string('a', 250) + "@example.vn"),
        ("phone", "123"),
        ("phone", "gọi tôi"),
        ("phone", "0912345678901234567"),
        ("page", "javascript:alert(1)"),
        ("page", "tin-tuc"),
        ("page", "/" + new string('a', 3_000)),
        ("email", "a@-b.vn"),
        ("email", "a@b-.vn"),
        ("email", "a@b.vn."),
        ("email", "a@b..vn"),
        ("email", "a@b.12"),
        ("page", "//host/x"),
        ("page", "/\\host"),
        ("email", "a.@b.vn"),
        ("email", ".a@b.vn"),
        ("email", "a%c.vn@b.vn"),
        ("email", "a@b.0x1"),
        ("email", "a@b.v"),
        ("page", "/%2f/host"),
        ("page", "/%5Chost"),
        ("page", "http:\\\\host"),
        ("page", "http://user:pw@host/"),
        ("title", "\uFFFC"),
        ("title", "\U0001D159"),
        ("fullName", "\u200D\u200C"),
        ("fullName", "\u3164"),
        ("title", "\u2800\u00AD"),
        ("content", "\u0301\uFE0F"),
        ("title", "\U000E0041"),
        ("title", "\uFFFE"),
        ("captcha", null),
        ("captcha", new { id = "x" }),
        ("captcha", new { id = "x", answer = " " }),
    ];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory, EveryShape]
    public async Task Fields_are_refused_by_name(Shape shape)
    {
        var visitor = await Visitor.OfNewSiteAsync(portals, shape, Cancel);
        var captcha = await visitor.SolvedAsync();
        foreach (var (field, value) in WrongFields)
        {
            var fields = Visitor.Fields();
            fields["captcha"] = captcha;
            fields[field] = value;
            var reply = await visitor.SendAsync(fields);
            Assert.True((400, "invalid_fields") == ((int)reply.Status, reply.Code), $"{field}: {value}: {reply}");
            Assert.Equal([field], reply.Json.GetProperty("errors").EnumerateObject().Select(each => each.Name));
        }

        // None of them used the captcha up.
        var good = Visitor.Fields();
        good["captcha"] = captcha;
        Assert.Equal(201, (int)(await visitor.SendAsync(good)).Status);
        Assert.Equal(1, await CountAsync(visitor));
    }

    [Theory, EveryShape]
    public async Task An_idempotency_key_is_required_and_of_valid_length(Shape shape)
    {
        var visitor = await Visitor.OfNewSiteAsync(portals, shape, Cancel);
        Assert.Equal((400, "idempotency_key_required"), Code(await visitor.SendRawAsync(Json, "application/json")));
        foreach (var invalid in (string[])["short", new string('a', 65)])
        {
            Assert.Equal(
                (400, "invalid_idempotency_key"),
                Code(await visitor.SendRawAsync(Json, "application/json", ("Idempotency-Key", invalid)))
            );
        }
        Assert.Equal(0, await CountAsync(visitor));
    }

    [Theory, EveryShape]
    public async Task A_body_that_is_not_valid_JSON_of_the_right_fields_is_refused(Shape shape)
    {
        var visitor = await Visitor.OfNewSiteAsync(portals, shape, Cancel);
        var key = NewKey();
        foreach (
            var (body, code) in new[]
            {
                ("{", "invalid_json"),
                ("[]", "invalid_json"),
                ("""{"title":"a","title":"b"}""", "invalid_json"),
                ("""{"admin":true}""", "invalid_fields"),
            }
        )
        {
            Assert.Equal((400, code), Code(await visitor.SendRawAsync(body, "application/json", key)));
        }
        byte[] invalidUtf8 = [.. "{\"title\":\""u8, 0xC3, 0x28, .. "\"}"u8];
        Assert.Equal((400, "invalid_json"), Code(await visitor.SendBytesAsync(invalidUtf8, "application/json", key)));
        Assert.Equal(0, await CountAsync(visitor));
    }

    [Theory, EveryShape]
    public async Task A_body_of_another_type_or_too_large_is_refused(Shape shape)
    {
        var visitor = await Visitor.OfNewSiteAsync(portals, shape, Cancel);
        var key = NewKey();
        Assert.Equal((415, "unsupported_media_type"), Code(await visitor.SendRawAsync(Json, "text/plain", key)));
        Assert.Equal(
            (415, "unsupported_media_type"),
            Code(await visitor.SendBytesAsync(Encoding.UTF8.GetBytes(Json), "multipart/form-data; boundary=x", key))
        );
        var large = new string('a', 1024 * 1024);
        Assert.Equal(
            (413, "body_too_large"),
            Code(await visitor.SendRawAsync(large, "application/json", key, ("Connection", "close")))
        );
        Assert.Equal(0, await CountAsync(visitor));
    }

    [Theory, EveryShape]
    public async Task A_submission_with_the_field_that_is_hidden_from_people_is_refused(Shape shape)
    {
        var visitor = await Visitor.OfNewSiteAsync(portals, shape, Cancel);
        var spam = Visitor.Fields();
        spam["website"] = "https://example.com";
        Assert.Equal((400, "automated_submission"), Code(await visitor.SendAsync(spam)));
        Assert.Equal(0, await CountAsync(visitor));
    }

    [Theory, EveryShape]
    public async Task Bytes_of_a_form_that_are_no_text_are_refused_with_the_name_of_their_field(Shape shape)
    {
        var visitor = await Visitor.OfNewSiteAsync(portals, shape, Cancel);
        var form = await visitor.SendBytesAsync(
            Encoding.ASCII.GetBytes(
                "fullName=%C3%28&title=a&content=b&captcha.answer=x&idempotencyKey=" + Visitor.NewKey()
            ),
            "application/x-www-form-urlencoded"
        );
        Assert.Equal((400, "invalid_fields"), Code(form));
        Assert.Equal(["fullName"], form.Json.GetProperty("errors").EnumerateObject().Select(each => each.Name));
        Assert.Equal(0, await CountAsync(visitor));
    }

    [Theory, EveryShape]
    public async Task An_unknown_site_and_a_foreign_origin_are_refused(Shape shape)
    {
        var visitor = await Visitor.OfNewSiteAsync(portals, shape, Cancel);
        Assert.Equal(
            (404, "unknown_site"),
            Code(
                await visitor.Portal.Public.PostAsync(
                    "/api/sites/nowhere/feedback",
                    Json,
                    "application/json",
                    Cancel,
                    NewKey()
                )
            )
        );
        Assert.Equal(
            (403, "foreign_origin"),
            Code(
                await visitor.SendRawAsync(Json, "application/json", NewKey(), ("Origin", "https://elsewhere.example"))
            )
        );
        Assert.Equal(0, await CountAsync(visitor));
    }

    [Theory, EveryShape]
    public async Task Captchas_that_are_none_are_refused(Shape shape)
    {
        var visitor = await Visitor.OfNewSiteAsync(portals, shape, Cancel);
        var id = (await visitor.CaptchaAsync()).GetProperty("id").GetString()!;
        var changed = (id[^1] == 'A' ? 'B' : 'A') + id[1..];
        foreach (
            var foreign in (string[])["", "abc", "not base64!", changed, id[..^4], id + "AAAA", new string('A', 10_000)]
        )
        {
            var fields = Visitor.Fields();
            fields["captcha"] = new { id = foreign, answer = visitor.Solve(id) };
            Assert.Equal((400, "captcha_unknown"), Code(await visitor.SendAsync(fields)));
        }

        foreach (var none in (string[])["abc", changed, Uri.EscapeDataString("../../etc"), new string('A', 3_000)])
        {
            Assert.Equal(
                (404, "unknown_captcha"),
                Code(await visitor.Portal.Public.GetAsync($"/api/captchas/{none}/image.png", Cancel))
            );
            Assert.Equal(
                (404, "unknown_captcha"),
                Code(await visitor.Portal.Public.GetAsync($"/api/captchas/{none}/audio.wav", Cancel))
            );
        }

        Assert.Equal(
            (400, "invalid_request"),
            Code(await visitor.Portal.Public.GetAsync($"/api/captchas/{id}/audio.wav?lang=fr", Cancel))
        );
        Assert.Equal(
            (404, "unknown_site"),
            Code(await visitor.Portal.Public.PostAsync("/api/captchas?site=nowhere", "", "application/json", Cancel))
        );
        Assert.Equal(
            (403, "foreign_origin"),
            Code(
                await visitor.Portal.Public.PostAsync(
                    "/api/captchas",
                    "",
                    "application/json",
                    Cancel,
                    ("Origin", "https://elsewhere.example")
                )
            )
        );
    }

    [Theory, EveryShape]
    public async Task Markup_and_hidden_characters_are_text(Shape shape)
    {
        var visitor = await Visitor.OfNewSiteAsync(portals, shape, Cancel);
        var fields = Visitor.Fields("<script>alert(1)</script>");
        // Decomposed, with an override of direction, a byte order mark and lines ended in the Windows way.
        (fields["fullName"], fields["content"]) = (
            "Nguye\u0302\u0303n \u202EAn",
            "\uFEFF<img src=x onerror=alert(1)>\r\nhai \u2066ba\u2069 bốn \u200D"
        );
        await visitor.ReceiptAsync(fields);
        var entry = (await visitor.Portal.ReadAsOperatorAsync(visitor.Site, "feedback", Cancel)).Json.GetProperty(
            "items"
        )[0];
        Assert.Equal("<script>alert(1)</script>", entry.GetProperty("title").GetString());
        Assert.Equal("Nguyễn An", entry.GetProperty("fullName").GetString());
        Assert.Equal("<img src=x onerror=alert(1)>\nhai ba bốn \u200D", entry.GetProperty("content").GetString());
    }

    [Theory, EveryShape]
    public async Task A_guessed_receipt_is_unknown(Shape shape)
    {
        var visitor = await Visitor.OfNewSiteAsync(portals, shape, Cancel);
        foreach (var guess in (string[])["0000-0000-0000", "abc", "%E2%80%8B", new string('1', 500), "'%20OR%201=1--"])
        {
            Assert.Equal((404, "unknown_receipt"), Code(await visitor.ReadAsync("/" + guess)));
        }
        Assert.Equal((400, "invalid_paging"), Code(await visitor.ReadAsync("?pageSize=0")));
        Assert.Equal((400, "invalid_cursor"), Code(await visitor.ReadAsync("?after=x")));
    }

    private static (string Name, string Value) NewKey() => ("Idempotency-Key", Visitor.NewKey());

    private static (int, string?) Code(Reply reply) => ((int)reply.Status, reply.Code);

    private static async Task<int> CountAsync(Visitor visitor) =>
        (await visitor.Portal.ReadAsOperatorAsync(visitor.Site, "feedback", Cancel))
            .Json.GetProperty("total")
            .GetInt32();
}
