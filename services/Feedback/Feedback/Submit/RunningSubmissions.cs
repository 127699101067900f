using System.Collections.Concurrent;

namespace PortalServices.Feedback.Submit;

/// <summary>
/// The idempotency keys that this process works on. Two requests with one key on two replicas are parted by the
/// database instead.
/// </summary>
internal sealed class RunningSubmissions
{
    private readonly ConcurrentDictionary<(string Site, string Key), bool> _running = new();

    /// <summary>Begins; null while another request with the key is worked on.</summary>
    public IDisposable? TryBegin(string site, string key) =>
        _running.TryAdd((site, key), true) ? new Run(this, (site, key)) : null;

    private sealed class Run(RunningSubmissions all, (string Site, string Key) key) : IDisposable
    {
        public void Dispose() => all._running.TryRemove(key, out _);
    }
}
