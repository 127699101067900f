namespace PortalServices.Feedback;

/// <summary>What the service is called.</summary>
internal static class FeedbackService
{
    /// <summary>In its connection string, its queues and its dead letters' address.</summary>
    public const string Name = "feedback";
}
