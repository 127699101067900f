using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Options;
using PortalServices.Feedback.Captcha;
using PortalServices.Feedback.Storage;
using PortalServices.ServiceDefaults;

namespace PortalServices.Feedback.Verify;

/// <summary><c>GET …/captchas/work</c>, below a site.</summary>
internal static class WorkEndpoints
{
    public static void MapWork(this IEndpointRouteBuilder site) => site.MapRead("/captchas/work", IssueAsync);

    private static async Task<IResult> IssueAsync(
        string site,
        HttpContext context,
        WorkChallenges challenges,
        CaptchaSecrets secrets,
        RecentSubmissions recent,
        FeedbackContext database,
        IOptions<CaptchaOptions> options
    )
    {
        if (options.Value.Verifier != CaptchaVerifierKind.SelfHosted)
        {
            return Problem.Of(CommonProblems.NotFound);
        }
        var secret = await secrets.GetAsync(context.RequestAborted);
        var cost = await recent.WorkCostAsync(
            site,
            secret.HashOf(context.Connection.RemoteIpAddress),
            context.RequestAborted
        );
        context.Response.Headers.CacheControl = "no-store";
        return Results.Json(challenges.Issue(secret, site, cost), PortalJson.Replies);
    }
}
