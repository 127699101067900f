using PortalServices.Testing.Shapes;

namespace PortalServices.UpgradeFixtures;

/// <summary>The settings under which fixtures are made and opened.</summary>
public static class FixtureSettings
{
    /// <summary>Nobody is limited, and nobody types too fast; one process of each service.</summary>
    /// <param name="seeds">The folder of seeds.</param>
    public static PortalSettings Of(string seeds) =>
        new()
        {
            Seeds = seeds,
            Replicas = 1,
            Content = true,
            Feedback = true,
            OfFeedback = new Dictionary<string, string> { ["Captcha:FastestFill"] = "00:00:00" },
            Edge = new Dictionary<string, string>
            {
                ["Edge:CaptchasPerMinute"] = "0",
                ["Edge:CaptchaReadsPerMinute"] = "0",
                ["Edge:FeedbackPerMinute"] = "0",
                ["Edge:ContentReadsPerMinute"] = "0",
                ["Edge:SearchesPerMinute"] = "0",
                ["Edge:ReceiptMissesPerMinute"] = "0",
            },
        };
}
