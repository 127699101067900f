namespace PortalServices.Feedback.Captcha.Work;

/// <summary>
/// What proof of work costs, by how much was submitted within the last hour. It rises in proportion once the thresholds
/// are passed, so all the work of an hour rises with the square of its submissions.
/// </summary>
internal static class WorkCost
{
    /// <summary>
    /// The busyness of a site raises the cost for all of its visitors, so by less: to this part of the highest cost.
    /// </summary>
    private const int PartOfSite = 10;

    /// <summary>
    /// A solution may cost so many times less than is required when it arrives: others of the same address submit while
    /// it is worked on.
    /// </summary>
    private const int Tolerance = 2;

    /// <summary>The cost: the largest number that may solve a challenge.</summary>
    /// <param name="options">Thresholds and bounds.</param>
    /// <param name="ofAddress">Submissions of the address within an hour.</param>
    /// <param name="ofSite">Submissions to the site within an hour.</param>
    public static int Of(CaptchaOptions options, int ofAddress, int ofSite)
    {
        var address = Math.Min(
            options.MaxWorkCost,
            Risen(options.WorkCost, ofAddress, options.AddressSubmissionsPerHour)
        );
        var site = Math.Min(
            Math.Max(options.MaxWorkCost / PartOfSite, options.WorkCost),
            Risen(options.WorkCost, ofSite, options.SiteSubmissionsPerHour)
        );
        return (int)Math.Max(address, site);
    }

    /// <summary>From so many submissions of an address, or to a site, on the cost is the highest.</summary>
    public static int MaxCounted(CaptchaOptions options, int threshold) =>
        (int)Math.Min(int.MaxValue, ((long)options.MaxWorkCost / options.WorkCost + 1) * Math.Max(1, threshold));

    /// <summary>Whether a solution of a cost is taken where another is required.</summary>
    public static bool IsEnough(int cost, int required) => (long)cost * Tolerance >= required;

    private static long Risen(int cost, int submissions, int threshold) =>
        cost * (long)Math.Max(submissions, Math.Max(1, threshold)) / Math.Max(1, threshold);
}
