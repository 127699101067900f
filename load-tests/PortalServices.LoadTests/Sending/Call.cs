namespace PortalServices.LoadTests.Sending;

/// <summary>One attempt at one request of a run. Instants are timestamps of the run's clock.</summary>
/// <param name="Sequence">Its number in the run; further attempts have the same one.</param>
/// <param name="Attempt">0 for the first.</param>
/// <param name="Node">The index of the target.</param>
/// <param name="Intended">When the request was to start: what latency is measured from.</param>
/// <param name="FirstSent">When the first attempt was begun.</param>
internal sealed record Call(long Sequence, int Attempt, int Node, long Intended, long FirstSent)
{
    /// <summary>When this attempt was handed to the connections.</summary>
    public long Dispatched { get; set; }

    /// <summary>When it was answered, or failed.</summary>
    public long Ended { get; set; }

    /// <summary>The client that waits for it, where there are clients.</summary>
    public int Client { get; init; }

    /// <summary>Whether it repeats a view that was acknowledged, to see that it does not count again.</summary>
    public bool IsOfKnown { get; init; }

    /// <summary>The next attempt, at another target if there is one.</summary>
    public Call Again(int nodes, bool isOfKnown) =>
        new(Sequence, Attempt + 1, (Node + 1) % nodes, Intended, FirstSent) { IsOfKnown = isOfKnown };
}

/// <summary>What came back.</summary>
/// <param name="Outcome">What it means.</param>
/// <param name="Status">The status code; 0 when there was no answer.</param>
/// <param name="PageViews">Of a view: the total of its page in the reply; −1 when there is none.</param>
/// <param name="RetryAfterSeconds">What the answer asks for; 0 when it asks for nothing.</param>
internal readonly record struct Result(Outcome Outcome, int Status = 0, int PageViews = -1, int RetryAfterSeconds = 0);
