namespace PortalServices.Counting.Model;

/// <summary>
/// The keys of the newest periods that somebody needed. Each is asked for once, however many need it at the time.
/// </summary>
/// <param name="max">How many are kept: a straggler of a period before does not take the place of a newer
/// one's.</param>
internal sealed class NewestKeys(int max)
{
    private readonly Lock _gate = new();

    // Replaced whole, so readers need no lock.
    private volatile Asked[] _newest = [];

    /// <summary>
    /// The key of a period, or what will become it; null when it is not kept, or the question failed.
    /// </summary>
    public Task<VisitorKey>? Find(long period)
    {
        foreach (var asked in _newest)
        {
            if (asked.Period == period)
            {
                return asked.Key.IsFaulted || asked.Key.IsCanceled ? null : asked.Key;
            }
        }

        return null;
    }

    /// <summary>Asks for the key of a period, unless somebody has done so meanwhile.</summary>
    public Task<VisitorKey> Ask(long period, Func<Task<VisitorKey>> fetch)
    {
        lock (_gate)
        {
            if (Find(period) is { } known)
            {
                return known;
            }

            var key = fetch();
            _newest =
            [
                .. _newest
                    .Where(asked => asked.Period != period)
                    .Append(new Asked(period, key))
                    .OrderByDescending(asked => asked.Period)
                    .Take(max),
            ];
            return key;
        }
    }

    private sealed record Asked(long Period, Task<VisitorKey> Key);
}
