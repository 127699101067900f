namespace PortalServices.Frames.Receiving;

/// <summary>
/// Handles requests of one route straight from their frames, for a service to which the pipeline costs more than the
/// request itself. What it does not handle goes through the pipeline. Called for one request of a connection after the
/// other, and must not block.
/// </summary>
public interface IFrameHandler
{
    /// <summary>Handles a request, now or later; false for one that is not its own, of which it has done nothing.</summary>
    /// <param name="request">Gone when the method returns.</param>
    /// <param name="replier">Takes the reply.</param>
    bool TryHandle(in FramedRequest request, FrameReplier replier);

    /// <summary>
    /// All that came at the same time on a connection was handed over, by this thread and without a pause.
    /// </summary>
    void EndOfBatch();
}
