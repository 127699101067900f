namespace PortalServices.Feedback.Verify;

/// <summary>
/// One submission at a time, of a site in this process, counts what came before it and is then counted itself; so the
/// threshold holds for those that come at once.
/// A few sites share a turn: memory is bounded.
/// </summary>
internal sealed class SiteTurns : IDisposable
{
    private const int Turns = 64;

    private readonly SemaphoreSlim[] _turns = [.. Enumerable.Range(0, Turns).Select(_ => new SemaphoreSlim(1))];

    /// <summary>Waits for the turn of a site; the result ends it.</summary>
    public async Task<IDisposable> WaitAsync(string site, CancellationToken cancel)
    {
        var turn = _turns[(uint)string.GetHashCode(site, StringComparison.Ordinal) % Turns];
        await turn.WaitAsync(cancel);
        return new Held(turn);
    }

    public void Dispose() => Array.ForEach(_turns, turn => turn.Dispose());

    private sealed class Held(SemaphoreSlim turn) : IDisposable
    {
        public void Dispose() => turn.Release();
    }
}
