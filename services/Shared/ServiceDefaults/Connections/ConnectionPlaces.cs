namespace PortalServices.ServiceDefaults.Connections;

/// <summary>
/// The places of a door and who has them. Not safe for several threads at once: the budget's lock guards it.
/// </summary>
/// <param name="max">Places.</param>
/// <param name="perAddress">Places that one address can have; a trusted peer can have all.</param>
internal sealed class ConnectionPlaces(int max, int perAddress)
{
    private const string PerAddress = "per_address",
        Total = "total";

    /// <summary>The names of the limits.</summary>
    public static readonly string[] Limits = [PerAddress, Total];

    // Of holders of the same size, so many are looked at: closing must not cost more than it saves.
    private const int MaxHoldersExamined = 64;

    private readonly Dictionary<UInt128, ConnectionHolder> _holders = [];
    private readonly SortedSet<ConnectionHolder> _bySize = new(
        Comparer<ConnectionHolder>.Create((a, b) => (-a.Rank, a.Tie, a.Key).CompareTo((-b.Rank, b.Tie, b.Key)))
    );

    public int Max => max;

    public int Count { get; private set; }

    public IEnumerable<TrackedConnection> All => _holders.Values.SelectMany(holder => holder.Connections);

    public ConnectionHolder HolderOf(UInt128 key, Func<UInt128, ConnectionHolder> create) =>
        _holders.TryGetValue(key, out var holder) ? holder : create(key);

    /// <summary>The name of the limit that stands against one more; null when there is none.</summary>
    public string? LimitFor(ConnectionHolder holder) =>
        !holder.IsTrusted && holder.Connections.Count >= perAddress ? PerAddress
        : Count >= max ? Total
        : null;

    /// <summary>
    /// What can be closed for a new connection of this holder: one of its own when it has all it may have, else one of
    /// whoever holds most, and more than this one does; null when there is none.
    /// </summary>
    public TrackedConnection? VictimFor(ConnectionHolder holder)
    {
        if (!holder.IsTrusted && holder.Connections.Count >= perAddress)
        {
            return LongestWaiting(holder.Connections);
        }

        (ConnectionHolder Holder, TrackedConnection Connection)? best = null;
        foreach (var other in _bySize.Where(each => !each.IsTrusted).Take(MaxHoldersExamined))
        {
            if (other.Rank <= holder.Rank || (best is { } found && found.Holder.Rank > other.Rank))
            {
                break;
            }
            if (
                LongestWaiting(other.Connections) is { } connection
                && (best is null || GoesBefore(connection, best.Value.Connection))
            )
            {
                best = (other, connection);
            }
        }

        return best?.Connection;
    }

    public void Add(TrackedConnection connection)
    {
        Count++;
        Rerank(connection.Holder, holder => holder.Connections.Add(connection));
    }

    /// <summary>Does nothing when it was removed already.</summary>
    public void Remove(TrackedConnection connection)
    {
        if (!connection.Holder.Connections.Contains(connection))
        {
            return;
        }
        Count--;
        Rerank(connection.Holder, holder => holder.Connections.Remove(connection));
    }

    private void Rerank(ConnectionHolder holder, Action<ConnectionHolder> change)
    {
        _bySize.Remove(holder);
        change(holder);
        holder.Rank = holder.Connections.Count;
        if (holder.Rank > 0)
        {
            _holders[holder.Key] = holder;
            _bySize.Add(holder);
        }
        else
        {
            _holders.Remove(holder.Key);
        }
    }

    private static TrackedConnection? LongestWaiting(IEnumerable<TrackedConnection> connections)
    {
        TrackedConnection? best = null;
        foreach (var each in connections)
        {
            if (each.IsWaiting && (best is null || GoesBefore(each, best)))
            {
                best = each;
            }
        }

        return best;
    }

    // Those that were never used go first, then those that have been idle longest.
    private static bool GoesBefore(TrackedConnection one, TrackedConnection other) =>
        one.HasServed != other.HasServed ? !one.HasServed : one.IdleSince < other.IdleSince;
}
