namespace PortalServices.Counting.Storage;

/// <summary>
/// How full one process of the store is, and what it still takes. A store that would forget (Garnet) or refuse (Redis) when it is full never gets
/// there: long before, views stop making it grow.
/// </summary>
internal sealed class StoreFill
{
    // A ceiling is left some way below it, so that a store that hovers there does not change its mind every second.
    private static readonly (StoreRoom Room, double Reached, double Left)[] Ceilings =
        [(StoreRoom.KnownPages, 0.70, 0.65), (StoreRoom.KnownSites, 0.90, 0.85), (StoreRoom.Nothing, 0.98, 0.95)];

    // Looked at again after so much of the memory may have been filled, however soon that is.
    private const double MostUnseen = 0.02;

    private StoreMemory _memory = new(0, 0);
    private volatile StoreRoom _room;
    private long _grown;
    private int _asked;

    /// <summary>The share of its memory that the store has filled, 0 to 1; 0 for a store that sets no limit.</summary>
    public double Fraction => Volatile.Read(ref _memory) is { Most: > 0 } memory ? (double)memory.Used / memory.Most : 0;

    /// <summary>What the store still takes.</summary>
    public StoreRoom Room => _room;

    /// <summary>What the log was told of it last.</summary>
    public StoreRoom Told { get; set; }

    /// <summary>Pages of a site that may count on their own, of so many.</summary>
    public int MostPages(int most) => _room >= StoreRoom.KnownPages ? 0 : most;

    /// <summary>
    /// View ids of a site that one generation may hold, of so many. Ids are what known pages still add; a generation that ends early forgets
    /// sooner, which refuses a late repeat instead of counting it twice.
    /// </summary>
    public int MostIds(int most) => _room >= StoreRoom.KnownSites ? most / 10 : most;

    /// <summary>Takes what the store said.</summary>
    public void Take(StoreMemory memory)
    {
        Volatile.Write(ref _memory, memory);
        var (fraction, before) = (Fraction, _room);
        _room = Ceilings.LastOrDefault(ceiling => fraction >= (before >= ceiling.Room ? ceiling.Left : ceiling.Reached)).Room;
    }

    /// <summary>A commit may make the store grow by so many bytes. True when it is time to look again.</summary>
    public bool MayGrow(long bytes) =>
        Volatile.Read(ref _memory) is { Most: > 0 } memory && Interlocked.Add(ref _grown, bytes) > memory.Most * MostUnseen;

    /// <summary>True for whoever is to ask the store; the others leave it to them until <see cref="Answered"/>.</summary>
    public bool TryAsk()
    {
        if (Interlocked.Exchange(ref _asked, 1) == 1)
        {
            return false;
        }

        Interlocked.Exchange(ref _grown, 0);
        return true;
    }

    /// <summary>The question was answered, or failed.</summary>
    public void Answered() => Volatile.Write(ref _asked, 0);
}

/// <summary>Bytes that a store holds, and that it may hold; 0 for no limit.</summary>
internal sealed record StoreMemory(long Used, long Most);

/// <summary>What a store takes, the fuller the less.</summary>
internal enum StoreRoom
{
    Everything,

    /// <summary>Views of unknown pages count under "other".</summary>
    KnownPages,

    /// <summary>And sites without a ledger get none.</summary>
    KnownSites,

    /// <summary>No view is taken: what comes next may be forgotten.</summary>
    Nothing,
}
