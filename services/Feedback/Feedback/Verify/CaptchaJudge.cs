using System.Net;
using Microsoft.Extensions.Options;

namespace PortalServices.Feedback.Verify;

/// <summary>
/// Judges what a submission brings: the answer to an image or a sound, or proof of work, or both, and then both must be
/// right. Above the thresholds an answer alone is not judged, and so not used up either. Where another service
/// verifies, it alone does.
/// </summary>
internal sealed class CaptchaJudge(
    ICaptchaVerifier verifier,
    WorkChallenges challenges,
    CaptchaSecrets secrets,
    RecentSubmissions recent,
    IOptions<CaptchaOptions> options
)
{
    /// <summary>Whether submissions are counted; each then waits for its turn.</summary>
    public bool Counts => options.Value.IsSelfHosted;

    /// <summary>Judges.</summary>
    /// <param name="site">Where it is submitted.</param>
    /// <param name="id">The image's challenge.</param>
    /// <param name="answer">What was typed; empty for none.</param>
    /// <param name="work">The solution of a proof-of-work challenge; empty for none.</param>
    /// <param name="client">Where the request comes from, where it is known.</param>
    /// <param name="cancel">Given up.</param>
    public async Task<CaptchaVerdict> JudgeAsync(
        string site,
        string? id,
        string? answer,
        string? work,
        IPAddress? client,
        CancellationToken cancel
    )
    {
        if (!Counts)
        {
            return await verifier.VerifyAsync(id, answer, client?.ToString(), cancel);
        }
        var secret = await secrets.GetAsync(cancel);
        var address = secret.HashOf(client);
        // Before it is counted: what another replica writes between the two takes this turn, and is not overlooked.
        var turn = await recent.NextTurnAsync(address, cancel);
        if (string.IsNullOrWhiteSpace(work))
        {
            if (await recent.WaitWithoutWorkAsync(site, address, cancel) is { } wait)
            {
                return new(CaptchaOutcome.WorkRequired, Wait: wait);
            }
            var ofAnswer = await verifier.VerifyAsync(id, answer, client?.ToString(), cancel);
            if (ofAnswer.Used is { } used)
            {
                recent.Count(used, site, address, turn);
            }
            return ofAnswer;
        }

        var ofWork = challenges.Verify(secret, work, site, await recent.WorkCostAsync(site, address, cancel));
        if (ofWork.Used is { } worked)
        {
            recent.Count(worked, site, address, turn);
        }
        if (ofWork.Outcome != CaptchaOutcome.Right || string.IsNullOrWhiteSpace(answer))
        {
            return ofWork;
        }
        var beside = await verifier.VerifyAsync(id, answer, client?.ToString(), cancel);
        // One that is not used up (too fast, expired) does not cost the work either.
        return beside.Used is null ? beside : beside with { UsedBeside = ofWork.Used };
    }
}
