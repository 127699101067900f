using System.Linq.Expressions;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace PortalServices.Feedback.Verify;

/// <summary>
/// How much was submitted within the last hour by an address and to a site, taken or with a wrong answer, on all
/// replicas: counted by the captchas that were used up, whose rows stay for at least as long.
/// </summary>
internal sealed class RecentSubmissions(FeedbackContext database, IOptions<CaptchaOptions> options, TimeProvider time)
{
    /// <summary>What thresholds count.</summary>
    public static readonly TimeSpan Window = TimeSpan.FromHours(1);

    /// <summary>What proof of work must cost now.</summary>
    public async Task<int> WorkCostAsync(string site, string? address, CancellationToken cancel)
    {
        var since = Since();
        var ofAddress = address is null
            ? 0
            : await CountAsync(used => used.Address == address, options.Value.AddressSubmissionsPerHour);
        return WorkCost.Of(
            options.Value,
            ofAddress,
            await CountAsync(used => used.Site == site, options.Value.SiteSubmissionsPerHour)
        );

        // The cost of more is the same, so no more are looked at.
        Task<int> CountAsync(Expression<Func<UsedCaptcha, bool>> which, int threshold) =>
            database
                .UsedCaptchas.Where(which)
                .Where(used => used.UsedAt > since)
                .OrderBy(used => used.UsedAt)
                .Take(WorkCost.MaxCounted(options.Value, threshold))
                .CountAsync(cancel);
    }

    /// <summary>How long until an image or a sound alone is enough again; null when it is.</summary>
    public async Task<TimeSpan?> WaitWithoutWorkAsync(string site, string? address, CancellationToken cancel)
    {
        var ofAddress = address is null
            ? null
            : await WaitAsync(
                database.UsedCaptchas.Where(used => used.Address == address),
                options.Value.AddressSubmissionsPerHour,
                cancel
            );
        // What came with proof of work has paid for itself: nobody takes images away from others by it.
        var ofSite = await WaitAsync(
            database.UsedCaptchas.Where(used =>
                used.Site == site && !used.Challenge.StartsWith(WorkChallenges.UsedPrefix)
            ),
            options.Value.SiteSubmissionsPerHour,
            cancel
        );
        return ofAddress is null || ofSite > ofAddress ? ofSite : ofAddress;
    }

    /// <summary>The number of the next submission of an address; null where the address is not known.</summary>
    public async Task<int?> NextTurnAsync(string? address, CancellationToken cancel) =>
        address is null
            ? null
            : (
                await database.UsedCaptchas.Where(used => used.Address == address).MaxAsync(used => used.Turn, cancel)
                ?? 0
            ) + 1;

    /// <summary>Has a captcha that is used up count as a submission of now.</summary>
    public UsedCaptcha Count(UsedCaptcha used, string site, string? address, int? turn)
    {
        (used.Site, used.Address, used.Turn, used.UsedAt) = (
            site,
            address,
            turn,
            time.GetUtcNow().ToUnixTimeMilliseconds()
        );
        return used;
    }

    private async Task<TimeSpan?> WaitAsync(IQueryable<UsedCaptcha> all, int threshold, CancellationToken cancel)
    {
        if (threshold == 0)
        {
            return Window;
        }
        var since = Since();
        // When this one is older than the window, fewer than the threshold are left in it.
        var last = await all.Where(used => used.UsedAt > since)
            .OrderByDescending(used => used.UsedAt)
            .Select(used => (long?)used.UsedAt)
            .Skip(threshold - 1)
            .FirstOrDefaultAsync(cancel);
        return last is { } at ? TimeSpan.FromMilliseconds(Math.Max(1, at - since)) : null;
    }

    private long Since() => (time.GetUtcNow() - Window).ToUnixTimeMilliseconds();
}
