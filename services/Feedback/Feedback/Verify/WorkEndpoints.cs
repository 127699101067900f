using Microsoft.Extensions.Options;
using PortalServices.ApiDocuments;

namespace PortalServices.Feedback.Verify;

/// <summary><c>GET …/captchas/work</c>, below a site.</summary>
internal static class WorkEndpoints
{
    public static void MapWork(this IEndpointRouteBuilder site) =>
        site.MapRead("/captchas/work", IssueAsync)
            .Describe(
                "makeCaptchaWork",
                "Makes a proof-of-work challenge, by version 1 of ALTCHA's protocol.",
                "`challenge` is the SHA-256 of `salt` and a number from 0 to `maxnumber` in decimal digits: whoever finds it may submit once, at this site, until `expires` (three minutes). "
                    + "`maxnumber` rises with what the caller's address submits. Where another service verifies (`Captcha:Verifier`), the answer is 404 `not_found`."
            )
            .Answers<WorkChallenge>("A challenge.")
            .Fails(CommonProblems.NotFound);

    private static async Task<IResult> IssueAsync(
        string site,
        HttpContext context,
        WorkChallenges challenges,
        CaptchaSecrets secrets,
        RecentSubmissions recent,
        IOptions<CaptchaOptions> options
    )
    {
        if (!options.Value.IsSelfHosted)
        {
            return Problem.Of(CommonProblems.NotFound);
        }
        var secret = await secrets.GetAsync(context.RequestAborted);
        var cost = await recent.WorkCostAsync(
            site,
            secret.HashOf(context.Connection.RemoteIpAddress),
            context.RequestAborted
        );
        CaptchaTelemetry.Issued.Add(1, CaptchaTelemetry.OfWork);
        CaptchaTelemetry.WorkCost.Record(cost);
        context.Response.Headers.CacheControl = "no-store";
        return Results.Json(challenges.Issue(secret, site, cost), PortalJson.Replies);
    }
}
