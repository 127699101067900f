using Microsoft.Extensions.Options;
using PortalServices.ApiDocuments;

namespace PortalServices.Feedback.Captcha;

/// <summary>
/// <c>POST /api/captchas</c>, and the image and the sound of what it made; and the script that solves proof of work.
/// </summary>
internal static class CaptchaEndpoints
{
    /// <summary>What an id looks like.</summary>
    public const string AnId = "CfDJ8N2Uu1Zk3p9Q";

    private static readonly Lazy<byte[]> Script = new(ReadScript);

    public static void MapCaptchas(this IEndpointRouteBuilder routes)
    {
        var id = new ApiField("id", "The captcha's id.", ApiValue.Text(AnId));
        routes
            .MapPost("/api/captchas", Issue)
            .Describe(
                "makeCaptcha",
                "Makes a captcha.",
                "Where another service verifies (`Captcha:Verifier`), there is none to be made, and the answer is 404 `not_found`."
            )
            .Takes(
                new ApiField(
                    "site",
                    "The site whose language its sound has; else `Accept-Language` says it.",
                    ApiFields.SiteId.Schema
                )
            )
            .Answers<CaptchaReply>("A captcha.", StatusCodes.Status201Created)
            .Fails(CommonProblems.NotFound, CommonProblems.UnknownSite);
        routes
            .MapRead("/api/captchas/{id}/image.png", ImageAsync)
            .Describe("readCaptchaImage", "Reads the captcha's image, the same at every time.")
            .Takes(id)
            .AnswersBytes("image/png", "The image.")
            .Fails(FeedbackProblems.UnknownCaptcha, FeedbackProblems.CaptchaGone, FeedbackProblems.CaptchaBusy);
        routes
            .MapRead("/api/captchas/{id}/audio.wav", SoundAsync)
            .Describe(
                "readCaptchaSound",
                "Reads the captcha's sound, for those who do not see the image; the same at every time."
            )
            .Takes(
                id,
                new ApiField(
                    "lang",
                    "The language that it is spoken in; left out for that of `Accept-Language`.",
                    ApiValue.OneOf([RequestLanguage.Vietnamese, RequestLanguage.English])
                )
            )
            .AnswersBytes("audio/wav", "The sound.")
            .Fails(
                CommonProblems.InvalidRequest,
                FeedbackProblems.UnknownCaptcha,
                FeedbackProblems.CaptchaGone,
                FeedbackProblems.CaptchaBusy
            );
        routes
            .MapRead("/api/captchas/work.js", () => ETagResult.Bytes(Script.Value, "text/javascript; charset=utf-8"))
            .Describe(
                "readCaptchaWorkScript",
                "Reads the script that solves proof of work in a browser: `solveCaptchaWork(challenge)`."
            )
            .AnswersText("text/javascript", "The script.")
            .AnswersTag();
    }

    private static IResult Issue(
        HttpContext context,
        CaptchaChallenges challenges,
        SiteList sites,
        IOptions<CaptchaOptions> options
    )
    {
        if (options.Value.Verifier != CaptchaVerifierKind.SelfHosted)
        {
            return Problem.Of(CommonProblems.NotFound);
        }
        var language = RequestLanguage.Of(context);
        if ((string?)context.Request.Query["site"] is { Length: > 0 } id)
        {
            if (!sites.TryGet(id, out var site))
            {
                return Problem.Of(CommonProblems.UnknownSite);
            }
            language = site.Language;
        }

        var challenge = challenges.Issue();
        var address = $"/api/captchas/{challenge.Id}";
        context.Response.Headers.CacheControl = "no-store";
        return Results.Json(
            new CaptchaReply(
                challenge.Id,
                $"{address}/image.png",
                $"{address}/audio.wav?lang={language}",
                challenge.ExpiresAt.UtcDateTime
            ),
            PortalJson.Replies,
            statusCode: StatusCodes.Status201Created
        );
    }

    private static async Task<IResult> ImageAsync(
        string id,
        HttpContext context,
        CaptchaChallenges challenges,
        CaptchaRenderings renderings,
        TimeProvider time
    )
    {
        var (challenge, problem) = Find(id, challenges, time);
        return challenge is null
            ? problem!
            : Reply(
                context,
                challenge,
                await renderings.ImageAsync(challenge, context.RequestAborted),
                "image/png",
                time
            );
    }

    private static async Task<IResult> SoundAsync(
        string id,
        HttpContext context,
        CaptchaChallenges challenges,
        CaptchaRenderings renderings,
        TimeProvider time
    )
    {
        var (challenge, problem) = Find(id, challenges, time);
        if (challenge is null)
        {
            return problem!;
        }
        var language = (string?)context.Request.Query["lang"] ?? RequestLanguage.Of(context);
        return language is RequestLanguage.Vietnamese or RequestLanguage.English
            ? Reply(
                context,
                challenge,
                await renderings.SoundAsync(challenge, language, context.RequestAborted),
                "audio/wav",
                time
            )
            : Problem.Of(CommonProblems.InvalidRequest, detail: "lang: vi, en");
    }

    private static (CaptchaChallenge? Challenge, IResult? Problem) Find(
        string id,
        CaptchaChallenges challenges,
        TimeProvider time
    ) =>
        challenges.Read(id) switch
        {
            null => (null, Problem.Of(FeedbackProblems.UnknownCaptcha)),
            var old when old.ExpiresAt <= time.GetUtcNow() => (null, Problem.Of(FeedbackProblems.CaptchaGone)),
            var challenge => (challenge, null),
        };

    private static IResult Reply(
        HttpContext context,
        CaptchaChallenge challenge,
        byte[]? content,
        string contentType,
        TimeProvider time
    )
    {
        if (content is null)
        {
            return Problem.Of(FeedbackProblems.CaptchaBusy, retryAfter: TimeSpan.FromSeconds(1));
        }
        var seconds = Math.Max(0, (int)(challenge.ExpiresAt - time.GetUtcNow()).TotalSeconds);
        context.Response.Headers.CacheControl = $"private, max-age={seconds}, immutable";
        // Safari plays no sound whose server answers its first question, for two bytes, with all of them.
        context.Response.Headers.AcceptRanges = "bytes";
        return Results.Bytes(content, contentType, enableRangeProcessing: IsWithin(context.Request, content.Length));
    }

    // What cannot be satisfied is answered whole, as a server may (RFC 9110, section 14.2): a failure without a problem
    // document is none of this API.
    // A part is of a GET alone; it has no tag, so what If-Range names is another.
    private static bool IsWithin(HttpRequest request, int length) =>
        HttpMethods.IsGet(request.Method)
        && request.Headers.IfRange.Count == 0
        && request.GetTypedHeaders().Range is { Unit.Value: "bytes", Ranges.Count: 1 } range
        && range.Ranges.Single() is var part
        && (part.From is { } from ? from < length : part.To > 0);

    private static byte[] ReadScript()
    {
        using var stream = typeof(CaptchaEndpoints).Assembly.GetManifestResourceStream(
            "PortalServices.Feedback.Captcha.Work.work.js"
        )!;
        var script = new byte[stream.Length];
        stream.ReadExactly(script);
        return script;
    }
}

/// <summary>A challenge.</summary>
/// <param name="Id">To be sent back with the answer.</param>
/// <param name="ImageUrl">Its image, from the root of this door.</param>
/// <param name="AudioUrl">Its sound, from the root of this door.</param>
/// <param name="ExpiresAt">From then on no answer is taken, UTC.</param>
internal sealed record CaptchaReply(string Id, string ImageUrl, string AudioUrl, DateTime ExpiresAt);
