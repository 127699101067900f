using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Options;
using PortalServices.ServiceDefaults;

namespace PortalServices.Feedback.Captcha;

/// <summary><c>POST /api/captchas</c>, and the image and the sound of what it made.</summary>
internal static class CaptchaEndpoints
{
    public static void MapCaptchas(this IEndpointRouteBuilder routes)
    {
        routes.MapPost("/api/captchas", Issue);
        routes.MapRead("/api/captchas/{id}/image.png", ImageAsync);
        routes.MapRead("/api/captchas/{id}/audio.wav", SoundAsync);
    }

    static IResult Issue(HttpContext context, CaptchaChallenges challenges, SiteList sites, IOptions<CaptchaOptions> options)
    {
        if (options.Value.Verifier != CaptchaVerifierKind.SelfHosted)
            return Problem.Of(CommonProblems.NotFound);
        var language = RequestLanguage.Of(context);
        if ((string?)context.Request.Query["site"] is { Length: > 0 } id)
        {
            if (!sites.TryGet(id, out var site))
                return Problem.Of(CommonProblems.UnknownSite);
            language = site.Language;
        }

        var challenge = challenges.Issue();
        var address = $"/api/captchas/{challenge.Id}";
        context.Response.Headers.CacheControl = "no-store";
        return Results.Json(
            new CaptchaReply(challenge.Id, $"{address}/image.png", $"{address}/audio.wav?lang={language}", challenge.ExpiresAt.UtcDateTime),
            PortalJson.Replies, statusCode: StatusCodes.Status201Created);
    }

    static async Task<IResult> ImageAsync(string id, HttpContext context, CaptchaChallenges challenges, CaptchaRenderings renderings, TimeProvider time)
    {
        var (challenge, problem) = Find(id, challenges, time);
        return challenge is null
            ? problem!
            : Reply(context, challenge, await renderings.ImageAsync(challenge, context.RequestAborted), "image/png", time);
    }

    static async Task<IResult> SoundAsync(string id, HttpContext context, CaptchaChallenges challenges, CaptchaRenderings renderings, TimeProvider time)
    {
        var (challenge, problem) = Find(id, challenges, time);
        if (challenge is null)
            return problem!;
        var language = (string?)context.Request.Query["lang"] ?? RequestLanguage.Of(context);
        return language is RequestLanguage.Vietnamese or RequestLanguage.English
            ? Reply(context, challenge, await renderings.SoundAsync(challenge, language, context.RequestAborted), "audio/wav", time)
            : Problem.Of(CommonProblems.InvalidRequest, detail: "lang: vi, en");
    }

    static (CaptchaChallenge? Challenge, IResult? Problem) Find(string id, CaptchaChallenges challenges, TimeProvider time) => challenges.Read(id) switch
    {
        null => (null, Problem.Of(FeedbackProblems.UnknownCaptcha)),
        var old when old.ExpiresAt <= time.GetUtcNow() => (null, Problem.Of(FeedbackProblems.CaptchaGone)),
        var challenge => (challenge, null),
    };

    static IResult Reply(HttpContext context, CaptchaChallenge challenge, byte[]? content, string contentType, TimeProvider time)
    {
        if (content is null)
            return Problem.Of(FeedbackProblems.CaptchaBusy, retryAfter: TimeSpan.FromSeconds(1));
        var seconds = Math.Max(0, (int)(challenge.ExpiresAt - time.GetUtcNow()).TotalSeconds);
        context.Response.Headers.CacheControl = $"private, max-age={seconds}, immutable";
        return Results.Bytes(content, contentType);
    }
}

/// <summary>A challenge.</summary>
/// <param name="Id">To be sent back with the answer.</param>
/// <param name="ImageUrl">Its image, from the root of this door.</param>
/// <param name="AudioUrl">Its sound, from the root of this door.</param>
/// <param name="ExpiresAt">From then on no answer is taken, UTC.</param>
internal sealed record CaptchaReply(string Id, string ImageUrl, string AudioUrl, DateTime ExpiresAt);
