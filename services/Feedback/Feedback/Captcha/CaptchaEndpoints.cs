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

    private static readonly Lazy<byte[]> Script = new(() => EmbeddedFile.Read("Work.work.js"));

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
                    "The site whose language its sound has, unless `lang` says another; else `Accept-Language` says it.",
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
        if (!options.Value.IsSelfHosted)
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
            language = RequestLanguage.Asked(context.Request) ?? site.Language;
        }

        var challenge = challenges.Issue();
        CaptchaTelemetry.Issued.Add(1, CaptchaTelemetry.OfCaptcha);
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

    private static Task<IResult> ImageAsync([AsParameters] Asked asked) =>
        asked.ReplyAsync("image/png", asked.Renderings.ImageAsync);

    private static Task<IResult> SoundAsync([AsParameters] Asked asked)
    {
        var language = (string?)asked.Context.Request.Query["lang"] ?? RequestLanguage.Of(asked.Context);
        return asked.ReplyAsync(
            "audio/wav",
            language is RequestLanguage.Vietnamese or RequestLanguage.English
                ? (challenge, cancel) => asked.Renderings.SoundAsync(challenge, language, cancel)
                : null
        );
    }

    /// <summary>What is asked of a challenge.</summary>
    private sealed record Asked(
        string Id,
        HttpContext Context,
        CaptchaChallenges Challenges,
        CaptchaRenderings Renderings,
        TimeProvider Time
    )
    {
        /// <summary>Replies with what is made of it; null for a language in which it is not spoken.</summary>
        public async Task<IResult> ReplyAsync(
            string contentType,
            Func<CaptchaChallenge, CancellationToken, Task<byte[]?>>? make
        )
        {
            if (Challenges.Read(Id) is not { } challenge)
            {
                return Problem.Of(FeedbackProblems.UnknownCaptcha);
            }
            if (challenge.ExpiresAt <= Time.GetUtcNow())
            {
                return Problem.Of(FeedbackProblems.CaptchaGone);
            }
            if (make is null)
            {
                return Problem.Of(CommonProblems.InvalidRequest, detail: "lang: vi, en");
            }
            if (await make(challenge, Context.RequestAborted) is not { } content)
            {
                return Problem.Of(FeedbackProblems.CaptchaBusy, retryAfter: TimeSpan.FromSeconds(1));
            }
            var seconds = Math.Max(0, (int)(challenge.ExpiresAt - Time.GetUtcNow()).TotalSeconds);
            Context.Response.Headers.CacheControl = $"private, max-age={seconds}, immutable";
            // Safari plays no sound whose server answers its first question, for two bytes, with all of them.
            Context.Response.Headers.AcceptRanges = "bytes";
            return Results.Bytes(
                content,
                contentType,
                enableRangeProcessing: IsWithin(Context.Request, content.Length)
            );
        }
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
}

/// <summary>A challenge.</summary>
/// <param name="Id">To be sent back with the answer.</param>
/// <param name="ImageUrl">Its image, from the root of this door.</param>
/// <param name="AudioUrl">Its sound, from the root of this door.</param>
/// <param name="ExpiresAt">From then on no answer is taken, UTC.</param>
internal sealed record CaptchaReply(string Id, string ImageUrl, string AudioUrl, DateTime ExpiresAt);

/// <summary>Files in the assembly.</summary>
internal static class EmbeddedFile
{
    /// <summary>A whole file.</summary>
    /// <param name="name">Below <c>PortalServices.Feedback.Captcha</c>.</param>
    public static byte[] Read(string name)
    {
        name = $"PortalServices.Feedback.Captcha.{name}";
        using var stream =
            typeof(EmbeddedFile).Assembly.GetManifestResourceStream(name)
            ?? throw new InvalidOperationException($"{name} is not in the assembly.");
        var file = new byte[stream.Length];
        stream.ReadExactly(file);
        return file;
    }
}
