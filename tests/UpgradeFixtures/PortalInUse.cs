using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using PortalServices.Testing;
using PortalServices.Testing.Portal;
using PortalServices.Testing.Shapes;

namespace PortalServices.UpgradeFixtures;

/// <summary>
/// What visitors, editors and operators do at one site of a portal, over several weeks: whatever leaves something
/// behind.
/// </summary>
internal sealed class PortalInUse(IPortalShape shape, string key)
{
    /// <summary>The site of the reference portal.</summary>
    public const string Site = "sonla";

    /// <summary>An article of its seeds whose views are refused once, so that they become a dead letter.</summary>
    private const string RefusedArticle = "ngay-khuyen-hoc-viet-nam-tuyen-duong-42-gia-dinh-18-dong-ho-hoc-tap";

    private const string SeededArticle = "day-manh-chuyen-doi-so-trong-cai-cach-hanh-chinh-tinh-son-la";

    private static readonly CancellationToken Cancel = CancellationToken.None;

    private readonly Dictionary<string, string> _feedback = [];
    private readonly List<string> _receipts = [];
    private readonly List<SentView> _views = [];
    private readonly List<string> _unannounced = [];
    private string[] _slugs = ["thong-bao-tuyen-sinh"];
    private string _article = "",
        _toWithdraw = "",
        _draft = "",
        _captcha = "",
        _baseline = "";
    private SentCorrection? _correction;
    private SentFeedback? _sent;

    /// <summary>Pages with views.</summary>
    public static IReadOnlyList<string> Pages { get; } =
    [
        "/",
        "/tin-tuc?ItemID=42",
        "/tin-tuc?ItemID=43",
        $"/articles/{SeededArticle}",
        $"/articles/{RefusedArticle}",
        "/articles/thong-bao-tuyen-sinh",
        "/lien-he",
        "/chưa-ai-xem",
    ];

    /// <summary>Addresses of articles that no list shows.</summary>
    public static IReadOnlyList<string> Slugs { get; } =
    ["thong-bao-tuyen-sinh", "thong-bao-da-rut", "ban-nhap", "len-lich"];

    /// <summary>The receipts of all feedback.</summary>
    public IReadOnlyList<string> Receipts => _receipts;

    /// <summary>What can be gone on with.</summary>
    public Unfinished Unfinished =>
        new()
        {
            Views = _views,
            Correction = _correction!,
            Baseline = _baseline,
            Article = _article,
            Draft = _draft,
            Feedback = _feedback["open"],
            Sent = _sent!,
            Captcha = _captcha,
            UnannouncedArticles = _unannounced,
        };

    /// <summary>Forty days ago.</summary>
    public async Task BeginAsync()
    {
        await ViewsAsync(("/", 4), ("/tin-tuc?ItemID=42", 3), ($"/articles/{SeededArticle}", 2));
        await ViewAsync("/", new ViewCall("/") { UserAgent = "Googlebot/2.1 (+http://www.google.com/bot.html)" });
        await ViewAsync("/", new ViewCall("/") { UserAgent = "curl/8.5.0" });
        await ViewAsync("/", new ViewCall("/") { UserAgent = null });

        await OperatorAsync(HttpMethod.Put, "categories/tuyen-sinh", new { name = "Tuyển sinh", order = 7 });
        _article = await PublishedAsync(
            new
            {
                title = "Thông báo tuyển sinh",
                body = "Nội dung **Markdown** với [liên kết](https://example.vn).",
                category = "tuyen-sinh",
                author = "Lò Thị Mai",
            }
        );
        await OperatorAsync(
            HttpMethod.Post,
            "videos",
            new
            {
                title = "Lễ khai giảng",
                url = "https://video.example/khai-giang",
                summary = "Quay tại Sơn La",
                durationSeconds = 372,
            }
        );
        await OperatorAsync(
            HttpMethod.Put,
            "lookups/danh-ba-ban",
            new
            {
                title = "Danh bạ",
                columns = new[] { new { name = "ten", title = "Họ tên" }, new { name = "so", title = "Số máy" } },
                rows = new[] { new[] { "Nguyễn Văn An", "0212 3852 026" }, ["Lò Văn Ế", "0212 3852 027"] },
            },
            ("If-None-Match", "*")
        );

        await SendFeedbackAsync("published", "Hỏi về học phí năm 2026", "an@example.vn");
        await StepAsync("published", "start");
        await StepAsync("published", "assign", new { to = "Phòng Giáo dục" });
        await StepAsync("published", "notes", new { text = "Đã gọi điện." });
        await StepAsync("published", "answer", new { text = "Học phí theo nghị quyết của Hội đồng nhân dân tỉnh." });
        await StepAsync("published", "publish");
        await SendFeedbackAsync("declined", "Hỏi chuyện khác");
        await StepAsync("declined", "decline", new { reason = "Không thuộc thẩm quyền" });
        await SendFeedbackAsync("spam", "Mua bán");
        await StepAsync("spam", "spam");
        await SendFeedbackAsync("erased", "Xin xóa", "xoa@example.vn");
        await StepAsync("erased", "answer", new { text = "Đã nhận." });
        await StepAsync("erased", "erase", new { reason = "Người gửi yêu cầu" });
        await SendFeedbackAsync("unread", "Thư trả lại", "khong-co@example.vn");
        await StepAsync("unread", "start");
        await MailIsDoneAsync("published");
        await MailIsDoneAsync("unread");
    }

    /// <summary>Nine days ago, in another week.</summary>
    public async Task GoOnAsync()
    {
        await ViewsAsync(("/", 2), ("/tin-tuc?ItemID=43", 5), ("/articles/thong-bao-tuyen-sinh", 3), ("/lien-he", 1));
        var withdrawn = await PublishedAsync(
            new
            {
                title = "Thông báo đã rút",
                body = "<p>HTML <em>cũ</em></p>",
                format = "html",
                category = "thong-bao",
            }
        );
        await OperatorAsync(HttpMethod.Post, $"articles/{withdrawn}/withdraw", null, ("If-Match", "*"));
        // The old address goes on leading there.
        await OperatorAsync(
            HttpMethod.Put,
            $"articles/{_article}",
            new
            {
                title = "Thông báo tuyển sinh 2027",
                body = "Nội dung mới.",
                category = "tuyen-sinh",
                slug = "tuyen-sinh-2027",
            },
            ("If-Match", "*")
        );
        _slugs = ["tuyen-sinh-2027", .. _slugs];
        var undone = await CorrectAsync("/tin-tuc?ItemID=43", -2, "Đếm hai lần");
        await OperatorAsync(HttpMethod.Post, $"corrections/{undone}/undo", new { reason = "Nhầm trang" });
        await CorrectAsync("/", 7, "Máy chủ dừng một giờ");
        await OperatorAsync(
            HttpMethod.Post,
            "baselines",
            new
            {
                id = "tin-43-cu",
                page = "/tin-tuc?ItemID=43",
                total = 100,
                week = 10,
                today = 3,
                reason = "Hệ thống cũ",
            }
        );
        await OperatorAsync(HttpMethod.Post, "baselines/tin-43-cu/undo", new { reason = "Nhập nhầm" });
        _baseline = JsonSerializer.Serialize(
            new
            {
                id = "lien-he-cu",
                page = "/lien-he",
                total = 50,
                week = 5,
                today = 1,
                reason = "Hệ thống cũ",
            }
        );
        await SendAsync(HttpMethod.Post, "baselines", _baseline);

        await SendFeedbackAsync("waiting", "Mạng chậm", "cho@example.vn");
        await StepAsync("waiting", "answer", new { text = "Đang nâng cấp." });
        await SendFeedbackAsync("reopened", "Đường lầy lội");
        await StepAsync("reopened", "decline", new { reason = "Trùng" });
        await StepAsync("reopened", "reopen");
    }

    /// <summary>Yesterday.</summary>
    public async Task YesterdayAsync()
    {
        await ViewsAsync(("/", 3), ($"/articles/{SeededArticle}", 1));
        await ViewAsync(
            "/lien-he",
            new ViewCall("/lien-he") { Headers = new Dictionary<string, string> { ["DNT"] = "1" } }
        );
        await ViewAsync("/", new ViewCall("/") { UserAgent = "python-requests/2.32" });
        _correction = new SentCorrection(await CorrectAsync("/", -2, "Đếm thừa"), "/", -2);
        _toWithdraw = await PublishedAsync(new { title = "Tin sẽ rút", body = "Một ngày." });
        await SendFeedbackAsync("unpublished", "Cảm ơn thầy cô");
        await StepAsync("unpublished", "answer", new { text = "Cảm ơn bạn." });
        await StepAsync("unpublished", "publish");
        await StepAsync("unpublished", "unpublish");
    }

    /// <summary>Today.</summary>
    public async Task TodayAsync()
    {
        _draft = (await OperatorAsync(HttpMethod.Post, "articles", new { title = "Bản nháp", body = "Chưa xong." }))
            .Json.GetProperty("id")
            .GetString()!;
        var scheduled = (
            await OperatorAsync(HttpMethod.Post, "articles", new { title = "Lên lịch", body = "Sau này." })
        )
            .Json.GetProperty("id")
            .GetString()!;
        // As late as may be: the reply is recorded as long as it has not come.
        await OperatorAsync(
            HttpMethod.Post,
            $"articles/{scheduled}/publish",
            new { publishAt = TimeProvider.System.GetUtcNow().AddYears(4).AddMonths(11) },
            ("If-Match", "*")
        );
        await SendFeedbackAsync("open", "Bao giờ có điểm?", "diem@example.vn");
        _captcha = await CaptchaAsync();
        await DeadLettersAsync();

        foreach (var page in (string[])["/", "/tin-tuc?ItemID=42", "/lien-he"])
        {
            var sent = new SentView(page, ViewCall.NewId());
            await ViewAsync(page, new ViewCall(page) { View = sent.Id });
            _views.Add(sent);
        }
    }

    /// <summary>Changes whose events are not to leave their outbox any more.</summary>
    public async Task LeaveEventsAsync()
    {
        await PublishedAsync(new { title = "Tin cuối ngày", body = "Chưa ai được báo." });
        _unannounced.Add("tin-cuoi-ngay");
        await SendFeedbackAsync("late", "Gửi lúc nửa đêm", "dem@example.vn");
    }

    /// <summary>An article is published, and another one withdrawn, while counting is away.</summary>
    public async Task ChangeArticlesAsync()
    {
        await PublishedAsync(new { title = "Tin trong hàng đợi", body = "Chưa ai được báo." });
        _unannounced.Add("tin-trong-hang-doi");
        await OperatorAsync(HttpMethod.Post, $"articles/{_toWithdraw}/withdraw", null, ("If-Match", "*"));
    }

    /// <summary>A view of the article whose numbers are awaited.</summary>
    public Task ViewAwaitedAsync() => ViewsAsync(($"/articles/{SeededArticle}", 2));

    /// <summary>The slug of the article whose numbers are awaited.</summary>
    public const string AwaitedArticle = SeededArticle;

    /// <summary>Waits until each article shows what counting shows for its pages.</summary>
    public async Task ViewsAreShownAsync()
    {
        foreach (
            var slugs in (string[][])
                [
                    [SeededArticle],
                    [RefusedArticle],
                    _slugs,
                ]
        )
        {
            await Eventually.HoldsAsync(
                async () =>
                    await shape.PublicDoor.GetAsync($"/api/sites/{Site}/articles/{slugs[0]}", Cancel)
                        is { Status: HttpStatusCode.OK } article
                    && article.Json.GetProperty("views").GetInt64() == await ShownAsync(slugs),
                $"{slugs[0]} shows its views",
                Cancel
            );
        }
    }

    /// <summary>What counting shows for all addresses that an article has and had.</summary>
    private async Task<long> ShownAsync(string[] slugs) =>
        (await shape.PublicDoor.PagesAsync(Site, slugs.Select(slug => $"/articles/{slug}"), Cancel)).Pages.Items.Sum(
            item => item.Views.Total
        );

    /// <summary>One of content, whose database refuses it, and one of counting, that nobody could take.</summary>
    private async Task DeadLettersAsync()
    {
        await using var database = await shape.ConnectToContentAsync();
        var isSqlite = shape is StandaloneShape;
        await RunAsync(
            isSqlite
                ? """CREATE TRIGGER refusal BEFORE UPDATE ON "PageViews" BEGIN SELECT RAISE(ABORT, 'no views today'); END"""
                : """
                CREATE FUNCTION refusal() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'no views today'; END $$;
                CREATE TRIGGER refusal BEFORE INSERT OR UPDATE ON "PageViews" FOR EACH ROW EXECUTE FUNCTION refusal()
                """
        );
        if (isSqlite)
        {
            await RunAsync(
                """CREATE TRIGGER refusal2 BEFORE INSERT ON "PageViews" BEGIN SELECT RAISE(ABORT, 'no views today'); END"""
            );
        }
        await ViewsAsync(($"/articles/{RefusedArticle}", 1));
        await LetterAsync("content");
        await RunAsync(
            isSqlite
                ? "DROP TRIGGER refusal; DROP TRIGGER refusal2"
                : """DROP TRIGGER refusal ON "PageViews"; DROP FUNCTION refusal"""
        );
        await ViewsAsync(($"/articles/{RefusedArticle}", 1));

        await using var command = database.CreateCommand();
        command.CommandText =
            """INSERT INTO "OutboxMessages" ("Id", "Type", "Body", "DueAt", "Attempts") VALUES (@id, 'portal:article-published:v1', @body, 0, 0)""";
        var id = Guid.CreateVersion7();
        Add("id", isSqlite ? id.ToString().ToUpperInvariant() : id);
        Add(
            "body",
            JsonSerializer.Serialize(
                new
                {
                    site = Site,
                    article = Guid.NewGuid(),
                    slug = "x",
                    path = "no path",
                    previousPaths = Array.Empty<string>(),
                    title = "x",
                    version = 1,
                },
                JsonSerializerOptions.Web
            )
        );
        await command.ExecuteNonQueryAsync();
        await LetterAsync("counting");

        void Add(string name, object value)
        {
            var parameter = command.CreateParameter();
            (parameter.ParameterName, parameter.Value) = (name, value);
            command.Parameters.Add(parameter);
        }

        async Task RunAsync(string sql)
        {
            await using var plain = database.CreateCommand();
            plain.CommandText = sql;
            await plain.ExecuteNonQueryAsync();
        }
    }

    private Task LetterAsync(string service) =>
        Eventually.HoldsAsync(
            async () =>
                (await shape.OperatorsDoor.GetAsync($"/api/operator/dead-letters/{service}", Cancel, Key))
                    .Json.GetProperty("total")
                    .GetInt32() > 0,
            $"a dead letter of {service}",
            Cancel,
            TimeSpan.FromMinutes(2)
        );

    private async Task ViewsAsync(params (string Page, int Count)[] views)
    {
        foreach (var (page, count) in views)
        {
            for (var i = 0; i < count; i++)
            {
                await ViewAsync(
                    page,
                    new ViewCall(page)
                    {
                        View = ViewCall.NewId(),
                        UserAgent = $"{ViewCall.Browser} Visitor/{i}",
                        From = IPAddress.Parse(string.Create(CultureInfo.InvariantCulture, $"127.0.1.{i + 1}")),
                    }
                );
            }
        }
    }

    private async Task ViewAsync(string page, ViewCall call) =>
        Good(await shape.PublicDoor.ViewAsync(Site, call, Cancel), page);

    private async Task<string> PublishedAsync(object article)
    {
        var draft = await OperatorAsync(HttpMethod.Post, "articles", article);
        var id = draft.Json.GetProperty("id").GetString()!;
        await OperatorAsync(HttpMethod.Post, $"articles/{id}/publish", null, ("If-Match", "*"));
        return id;
    }

    private async Task<string> CorrectAsync(string page, long change, string reason)
    {
        // The day that the processes take for today is the one of the newest bucket of traffic; they say it in the
        // reply to a view.
        var now = (await shape.PublicDoor.StatsAsync(Site, Cancel)).Stats.AsOf;
        var day = now.ToOffset(TimeSpan.FromHours(7)).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        return (
            await OperatorAsync(
                HttpMethod.Post,
                "corrections",
                new
                {
                    page,
                    day,
                    change,
                    reason,
                }
            )
        ).Json.GetProperty("id").GetString()!;
    }

    private async Task<string> CaptchaAsync() =>
        Good(await shape.PublicDoor.PostAsync($"/api/captchas?site={Site}", "", "application/json", Cancel), "captcha")
            .Json.GetProperty("id")
            .GetString()!;

    private async Task SendFeedbackAsync(string name, string title, string? email = null)
    {
        var captcha = await CaptchaAsync();
        await using var database = await shape.ConnectToFeedbackAsync();
        var answer = (await CaptchaSolver.OfAsync(database)).Answer(captcha);
        var body = new JsonObject
        {
            ["fullName"] = "Nguyễn Văn An",
            ["title"] = title,
            ["content"] = "Xin hỏi: khi nào công bố?\nSố của tôi là 0912 345 678.",
            ["email"] = email,
            ["phone"] = "0912345678",
            ["page"] = "/lien-he",
        };
        var sent = new SentFeedback(Guid.NewGuid().ToString("N"), body.ToJsonString(), "");
        body["captcha"] = new JsonObject { ["id"] = captcha, ["answer"] = answer };
        var reply = Good(
            await shape.PublicDoor.PostAsync(
                $"/api/sites/{Site}/feedback",
                body.ToJsonString(),
                "application/json",
                Cancel,
                ("Idempotency-Key", sent.Key)
            ),
            name
        );
        var receipt = reply.Json.GetProperty("receipt").GetString()!;
        _receipts.Add(receipt);
        _sent = sent with { Receipt = receipt };
        var list = await shape.OperatorsDoor.GetAsync($"/api/operator/sites/{Site}/feedback?pageSize=100", Cancel, Key);
        _feedback[name] = list
            .Json.GetProperty("items")
            .EnumerateArray()
            .Single(item => item.GetProperty("receipt").GetString() == receipt)
            .GetProperty("id")
            .GetString()!;
    }

    private Task<Reply> StepAsync(string name, string step, object? body = null) =>
        OperatorAsync(HttpMethod.Post, $"feedback/{_feedback[name]}/{step}", body, ("If-Match", "*"));

    private Task MailIsDoneAsync(string name) =>
        Eventually.HoldsAsync(
            async () =>
                (
                    await shape.OperatorsDoor.GetAsync(
                        $"/api/operator/sites/{Site}/feedback/{_feedback[name]}/mails",
                        Cancel,
                        Key
                    )
                ).Json.GetProperty("items")
                    is var mails
                && mails.GetArrayLength() > 0
                && mails.EnumerateArray().All(mail => mail.TryGetProperty("doneAt", out _)),
            $"the mails about {name} are done",
            Cancel
        );

    private Task<Reply> OperatorAsync(
        HttpMethod method,
        string path,
        object? body,
        params (string Name, string Value)[] headers
    ) =>
        SendAsync(
            method,
            path,
            body is null ? null : JsonSerializer.Serialize(body, JsonSerializerOptions.Web),
            headers
        );

    private async Task<Reply> SendAsync(
        HttpMethod method,
        string path,
        string? body,
        params (string Name, string Value)[] headers
    )
    {
        var message = shape.OperatorsDoor.Message(
            method,
            $"/api/operator/sites/{Site}/{path}",
            null,
            headers.Append(Key).ToDictionary(header => header.Name, header => header.Value)
        );
        message.Content = body is null ? null : new StringContent(body, Encoding.UTF8, "application/json");
        return Good(await shape.OperatorsDoor.SendAsync(message, Cancel), path);
    }

    private (string Name, string Value) Key => ("Authorization", $"Bearer {key}");

    private static Reply Good(Reply reply, string what) =>
        (int)reply.Status is >= 200 and < 300 ? reply : throw new InvalidOperationException($"{what}: {reply}");
}
