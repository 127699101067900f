namespace PortalServices.Model.Tests.Steps;

/// <summary>
/// One thing that happens to a site. Steps mean something in every state (numbers choose among what is there), so that
/// some can be left out of a sequence that fails.
/// </summary>
internal abstract record Step
{
    /// <summary>Does it to the portal and to the model, and checks its own answer.</summary>
    public abstract Task RunAsync(SiteRun run);
}
