using System.Globalization;
using System.Net;
using PortalServices.Edge.Limits;
using PortalServices.Http.Requests;
using PortalServices.Portal.Api;
using PortalServices.Portal.Rendering;
using PortalServices.Sites;

namespace PortalServices.Portal.Pages;

/// <summary>
/// The forms, as they work without scripts: feedback in two steps (what is to be sent, then the verification code), its
/// receipt, and ratings. A form that fails comes back with what was typed.
/// </summary>
internal static class FormPages
{
    /// <summary>A code has twelve characters; people put others between them.</summary>
    private const int MaxReceipt = 64;

    private const string FeedbackPath = "/gop-y",
        ReceiptPath = "/theo-doi";

    public static void MapFormPages(this PageRoutes pages)
    {
        pages.MapPage(FeedbackPath, page => page.ShowAsync<FeedbackPage>(FeedbackPath, ""));
        pages.MapForm(FeedbackPath, SendAsync, PageUse.SendFeedback);
        pages.MapPage(ReceiptPath, ReceiptAsync, PageUse.ReadReceipt);
        pages.MapForm("/articles/{slug}/danh-gia", RateAsync, PageUse.Rate);
        pages.MapPage("/articles/{slug}/danh-gia", RatedAsync);
    }

    private static async Task<IResult> SendAsync(PageRequest page)
    {
        if (await ReadFormAsync(page) is not { } form)
        {
            return Refusal(page);
        }
        var fields = new FeedbackFields
        {
            FullName = form["fullName"].ToString(),
            Email = form["email"].ToString(),
            Phone = form["phone"].ToString(),
            Title = form["title"].ToString(),
            Content = form["content"].ToString(),
            Category = form["category"].ToString(),
            Page = form["page"].ToString(),
            CaptchaId = form["captcha.id"].ToString() is { Length: > 0 } id ? id : null,
            CaptchaAnswer = form["captcha.answer"].ToString(),
            // A key that no form of these pages has is replaced: nobody could put it right.
            IdempotencyKey =
                form["idempotencyKey"].ToString() is var key && IdempotencyKey.IsValid(key) ? key : NewKey(),
        };
        if (Spent(page) is { } wait)
        {
            return await ShowAsync(page, fields, wait, similar: [], StatusCodes.Status429TooManyRequests);
        }
        if (fields.CaptchaId is null)
        {
            return await AskForCodeAsync(page, fields, null);
        }

        using var request = PagesClient.Post(page.Api("feedback"), Body(fields, form["website"].ToString()));
        request.Headers.TryAddWithoutValidation("Idempotency-Key", fields.IdempotencyKey);
        using var reply = await page.SendAsync(request);
        if (reply is { StatusCode: HttpStatusCode.Created })
        {
            var sent = await PagesClient.ReadAsync<SentReply>(reply, page.Context.RequestAborted);
            return new SeeOther(page.To($"{ReceiptPath}?receipt={sent?.Receipt}&new=1"));
        }
        var problem =
            await PagesClient.ReadAsync<ProblemReply>(reply, page.Context.RequestAborted) ?? new ProblemReply();
        return await ShowAgainAsync(page, fields, reply, problem);
    }

    private static Dictionary<string, object?> Body(FeedbackFields fields, string website)
    {
        var body = new Dictionary<string, object?>(StringComparer.Ordinal)
        {
            ["fullName"] = fields.FullName,
            ["title"] = fields.Title,
            // A browser ends the lines of a text area with two characters, which count as two.
            ["content"] = fields.Content.ReplaceLineEndings("\n"),
            ["website"] = website,
            ["captcha"] = new { id = fields.CaptchaId, answer = fields.CaptchaAnswer },
        };
        foreach (
            var (name, value) in new[]
            {
                ("email", fields.Email),
                ("phone", fields.Phone),
                ("category", fields.Category),
                ("page", fields.Page),
            }
        )
        {
            if (value.Length > 0)
            {
                body[name] = value;
            }
        }
        return body;
    }

    // The same code is still good where it was not looked at, or where it was right.
    private static async Task<IResult> ShowAgainAsync(
        PageRequest page,
        FeedbackFields fields,
        HttpResponseMessage? reply,
        ProblemReply problem
    )
    {
        var text = page.Text;
        var words = problem.Title ?? text["Hiện chưa gửi được.", "It cannot be sent at the moment."];
        if (problem.Errors is { Count: > 0 } errors)
        {
            var shown = errors.ToDictionary(
                each => each.Key.Split('.')[0],
                each => string.Join(' ', each.Value),
                StringComparer.Ordinal
            );
            return await ShowAsync(page, fields with { Errors = shown }, words, similar: []);
        }
        switch (problem.Code)
        {
            case "captcha_work_required":
                words = text[
                    "Lúc này có quá nhiều ý kiến được gửi đến. Hãy đợi ít phút rồi gửi lại, hoặc bật JavaScript.",
                    "Too much feedback is coming in at the moment. Wait some minutes and send it again, or switch JavaScript on."
                ];
                break;
            case "body_too_large":
                return await ShowAsync(
                    page,
                    fields,
                    text[
                        "Những gì bạn đã nhập dài quá. Hãy viết ngắn lại; tất cả vẫn còn đây.",
                        "What you typed is too long. Shorten it; all of it is still here."
                    ],
                    similar: [],
                    StatusCodes.Status413PayloadTooLarge
                );
            case { } code when code.StartsWith("captcha_", StringComparison.Ordinal) && (int?)reply?.StatusCode < 500:
                return await AskForCodeAsync(
                    page,
                    fields with
                    {
                        CaptchaAnswer = "",
                        Errors = new Dictionary<string, string> { ["captcha"] = words },
                    },
                    words
                );
            case "idempotency_key_reused":
                fields = fields with { IdempotencyKey = NewKey() };
                break;
        }
        return await ShowAsync(
            page,
            fields,
            $"{words} {text["Những gì bạn đã nhập vẫn còn đây. Hãy gửi lại.", "What you typed is still here. Send it again."]}",
            similar: [],
            (int?)reply?.StatusCode ?? StatusCodes.Status503ServiceUnavailable
        );
    }

    private static async Task<IResult> AskForCodeAsync(PageRequest page, FeedbackFields fields, string? problem)
    {
        using var request = PagesClient.Post($"/api/captchas?site={page.Site.Id}", null);
        using var reply = await page.SendAsync(request);
        var captcha = reply is { StatusCode: HttpStatusCode.Created }
            ? await PagesClient.ReadAsync<CaptchaReply>(reply, page.Context.RequestAborted)
            : null;
        if (captcha is null)
        {
            return await ShowAsync(
                page,
                fields with
                {
                    CaptchaId = null,
                },
                page.Text[
                    "Hiện chưa có mã xác nhận. Những gì bạn đã nhập vẫn còn đây; hãy thử lại sau giây lát.",
                    "There is no verification code at the moment. What you typed is still here; try again shortly."
                ],
                similar: [],
                StatusCodes.Status503ServiceUnavailable
            );
        }
        var similar = problem is null ? await SimilarAsync(page, fields.Title) : [];
        return await ShowAsync(
            page,
            fields with
            {
                CaptchaId = captcha.Id,
            },
            problem,
            similar,
            problem is null ? StatusCodes.Status200OK : StatusCodes.Status400BadRequest
        );
    }

    // For this visitor: what is typed is kept nowhere.
    private static async Task<IReadOnlyList<PublishedItem>> SimilarAsync(PageRequest page, string title)
    {
        if (title.Length is 0 or > 200)
        {
            return [];
        }
        using var request = new HttpRequestMessage(
            HttpMethod.Get,
            page.Api($"feedback/similar?title={Uri.EscapeDataString(title)}")
        );
        using var reply = await page.SendForPartAsync(request);
        return
            reply is { StatusCode: HttpStatusCode.OK }
            && await PagesClient.ReadAsync<SimilarReply>(reply, page.Context.RequestAborted) is { } similar
            ? similar.Items
            : [];
    }

    // Takes a share of the visitor's limit; what to tell whoever has none.
    private static string? Spent(PageRequest page)
    {
        if (page.Context.Features.Get<FormShare>()?.Take() is not { } left)
        {
            return null;
        }
        var seconds = Math.Max(1, (int)Math.Ceiling(left.TotalSeconds));
        page.Context.Response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        return page.Text[
            $"Bạn gửi quá nhiều lần. Hãy gửi lại sau {seconds} giây; những gì bạn đã nhập vẫn còn đây.",
            $"You have sent this too often. Send it again in {seconds} seconds; what you typed is still here."
        ];
    }

    private static Task<IResult> ShowAsync(
        PageRequest page,
        FeedbackFields fields,
        string? problem,
        IReadOnlyList<PublishedItem> similar,
        int status = StatusCodes.Status400BadRequest
    ) =>
        page.ShowOnceAsync<FeedbackPage>(
            status,
            FeedbackPath,
            "",
            (nameof(FeedbackPage.Form), fields),
            (nameof(FeedbackPage.Problem), problem),
            (nameof(FeedbackPage.Similar), similar)
        );

    private static async Task<IResult> ReceiptAsync(PageRequest page)
    {
        var receipt = page.Query("receipt");
        if (receipt.Length == 0)
        {
            return await page.ShowAsync<ReceiptPage>(ReceiptPath, "");
        }
        var isCode = receipt.Length <= MaxReceipt && receipt.All(c => char.IsAsciiLetterOrDigit(c) || c == '-');
        using var request = new HttpRequestMessage(
            HttpMethod.Get,
            page.Api($"feedback/{Uri.EscapeDataString(receipt)}")
        );
        using var reply = isCode ? await page.SendAsync(request) : null;
        var isAway = isCode && (reply is null || (int)reply.StatusCode >= 500);
        var feedback = reply is { StatusCode: HttpStatusCode.OK }
            ? await PagesClient.ReadAsync<ReceiptReply>(reply, page.Context.RequestAborted)
            : null;
        return await page.ShowOnceAsync<ReceiptPage>(
            feedback is not null ? StatusCodes.Status200OK
                : isAway ? StatusCodes.Status503ServiceUnavailable
                : StatusCodes.Status404NotFound,
            ReceiptPath,
            isCode ? $"?receipt={receipt}" : "",
            (nameof(ReceiptPage.Feedback), feedback),
            (nameof(ReceiptPage.Receipt), receipt),
            (nameof(ReceiptPage.IsNew), page.Query("new").Length > 0),
            (
                nameof(ReceiptPage.Problem),
                isAway
                    ? page.Text[
                        "Hiện chưa xem được. Xin thử lại sau giây lát.",
                        "It cannot be shown at the moment. Please try again shortly."
                    ]
                    : page.Text["Không có ý kiến nào với mã biên nhận này.", "There is no feedback with this receipt."]
            )
        );
    }

    private static async Task<IResult> RateAsync(PageRequest page)
    {
        if (await ReadFormAsync(page) is not { } form)
        {
            return Refusal(page);
        }
        var slug = (string)page.Context.GetRouteValue("slug")!;
        var (helpful, words) = (form["helpful"].ToString(), form["words"].ToString().ReplaceLineEndings("\n").Trim());
        if (Spent(page) is { } wait)
        {
            return await AgainAsync(StatusCodes.Status429TooManyRequests, wait, "rate_limited");
        }
        if (helpful is not ("true" or "false"))
        {
            return await AgainAsync(
                StatusCodes.Status400BadRequest,
                page.Text["Hãy chọn “Có” hoặc “Không”.", "Choose “Yes” or “No”."],
                null
            );
        }
        var body = new Dictionary<string, object?>(StringComparer.Ordinal) { ["helpful"] = helpful == "true" };
        if (words.Length > 0)
        {
            body["words"] = words;
        }
        using var request = PagesClient.Post(page.Api($"articles/{Uri.EscapeDataString(slug)}/rating"), body);
        using var reply = await page.SendAsync(request);
        if (reply is { IsSuccessStatusCode: true })
        {
            return new SeeOther(page.To($"/articles/{Uri.EscapeDataString(slug)}/danh-gia"));
        }
        var problem = await PagesClient.ReadAsync<ProblemReply>(reply, page.Context.RequestAborted);
        var reason = problem?.Errors is { Count: > 0 } errors
            ? string.Join(' ', errors.Values.SelectMany(each => each))
            : "";
        return await AgainAsync(
            (int?)reply?.StatusCode ?? StatusCodes.Status503ServiceUnavailable,
            $"{problem?.Title ?? page.Text["Hiện chưa gửi được.", "It cannot be sent at the moment."]} {reason}".Trim(),
            problem?.Code
        );

        Task<IResult> AgainAsync(int status, string why, string? code) =>
            page.ShowOnceAsync<RatingPage>(
                status,
                $"/articles/{Uri.EscapeDataString(slug)}",
                "",
                (nameof(RatingPage.Slug), slug),
                (nameof(RatingPage.Helpful), helpful),
                (nameof(RatingPage.Words), words),
                (nameof(RatingPage.Problem), why),
                (nameof(RatingPage.Reference), code)
            );
    }

    private static async Task<IResult> RatedAsync(PageRequest page)
    {
        var slug = (string)page.Context.GetRouteValue("slug")!;
        var article = await page.ReadAsync<ArticleReply>($"articles/{Uri.EscapeDataString(slug)}");
        return article is { Status: HttpStatusCode.MovedPermanently, Location: { } location }
                ? new SeeOther(page.To($"/articles/{location.Split('/')[^1]}/danh-gia"))
            : article.Value is null ? Problem.Of(CommonProblems.NotFound)
            : await page.ShowMessageAsync(
                StatusCodes.Status200OK,
                (nameof(MessagePage.Title), page.Text["Cảm ơn bạn đã đánh giá", "Thank you for your rating"]),
                (
                    nameof(MessagePage.Words),
                    page.Text[
                        "Đánh giá giúp chúng tôi viết rõ hơn. Đánh giá lại trong ngày sẽ thay cho lần trước.",
                        "It helps us to write more clearly. Another rating on the same day takes the place of this one."
                    ]
                ),
                (nameof(MessagePage.BackTo), article.Value.Path),
                (nameof(MessagePage.BackName), page.Text["Quay lại bài viết", "Back to the article"])
            );
    }

    // Null for a form of another website, or one that cannot be read.
    private static async Task<IFormCollection?> ReadFormAsync(PageRequest page)
    {
        var request = page.Context.Request;
        if (IsForeign(page) || !IsForm(request))
        {
            return null;
        }
        try
        {
            return await request.ReadFormAsync(page.Context.RequestAborted);
        }
        // It has more fields than a form may have, or breaks off.
        catch (Exception wrong) when (wrong is InvalidDataException or IOException)
        {
            return null;
        }
    }

    // As browsers send the forms of these pages, which are UTF-8 and have no files.
    private static bool IsForm(HttpRequest request) =>
        request.GetTypedHeaders().ContentType is { } type
        && type.MediaType.Equals("application/x-www-form-urlencoded", StringComparison.OrdinalIgnoreCase)
        && (type.Charset.Length == 0 || type.Charset.Equals("utf-8", StringComparison.OrdinalIgnoreCase));

    private static bool IsForeign(PageRequest page) =>
        page.Context.Request.Headers.Origin is { Count: > 0 } origin
        && page.Site.IsForeign(origin.Count == 1 ? origin[0] : "", WebOrigin.Of(page.Context.Request));

    private static IResult Refusal(PageRequest page) =>
        Problem.Of(
            IsForeign(page) ? CommonProblems.ForeignOrigin
            : IsForm(page.Context.Request) ? CommonProblems.InvalidRequest
            : CommonProblems.UnsupportedMediaType
        );

    private static string NewKey() =>
        Convert.ToHexStringLower(System.Security.Cryptography.RandomNumberGenerator.GetBytes(16));

    private sealed class SeeOther(string address) : IResult
    {
        public Task ExecuteAsync(HttpContext httpContext)
        {
            httpContext.Response.StatusCode = StatusCodes.Status303SeeOther;
            httpContext.Response.Headers.Location = address;
            httpContext.Response.Headers.CacheControl = "no-store";
            return Task.CompletedTask;
        }
    }
}
