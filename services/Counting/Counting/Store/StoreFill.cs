namespace PortalServices.Counting.Store;

/// <summary>
/// How full one process of the store is, and what it still takes. A store that would forget (Garnet) or refuse (Redis)
/// when it is full never gets there: long before, views stop making it grow.
/// </summary>
internal sealed class StoreFill
{
    // A ceiling is left some way below it, so that a store that hovers there does not change its mind every second.
    private static readonly (AdmissionLevel Room, double Reached, double Left)[] Ceilings =
    [
        (AdmissionLevel.KnownPages, 0.70, 0.65),
        (AdmissionLevel.KnownSites, 0.90, 0.85),
        (AdmissionLevel.Nothing, 0.98, 0.95),
    ];

    // Looked at again after so much of the memory may have been filled, however soon that is.
    private const double MaxUnseen = 0.02;

    /// <summary>
    /// A shard of its own, which a new id has when its generation has just got more of them: what Garnet counts for a
    /// short field and its value.
    /// </summary>
    public const int IdBytes = 144;

    private const double ShareOfIds = 0.25,
        ShareOfLastIds = 0.04;
    private const int Generations = 2,
        LeastIds = 256;

    // Of an id in a shard that is there; a shard costs IdBytes. Measured on Garnet, which takes more than
    // Redis.
    private const int BytesInShard = 8;

    // How many ids a generation has when the shards of a level take the next ones, and how many there are (see
    // ViewLedger.Commit.lua).
    private static readonly (long From, long Until, long Shards)[] Levels =
    [
        (0, 1_024, 64),
        (1_024, 65_536, 4_096),
        (65_536, long.MaxValue, 65_536),
    ];

    private StoreMemory _memory = new(0, 0);
    private volatile AdmissionLevel _room;
    private long _grown;
    private int _asked;

    /// <summary>The share of its memory that the store has filled, 0 to 1; 0 for a store that sets no limit.</summary>
    public double Fraction =>
        Volatile.Read(ref _memory) is { Most: > 0 } memory ? (double)memory.Used / memory.Most : 0;

    /// <summary>What the store said last.</summary>
    public StoreMemory Memory => Volatile.Read(ref _memory);

    /// <summary>What the store still takes.</summary>
    public AdmissionLevel Room => _room;

    /// <summary>What the log was told of it last.</summary>
    public AdmissionLevel LastLogged { get; set; }

    /// <summary>Pages of a site that may count on their own, of so many.</summary>
    public int MaxPages(int most) => _room >= AdmissionLevel.KnownPages ? 0 : most;

    /// <summary>
    /// View ids of a site that one generation may hold, of so many: both generations of a site take a quarter of the
    /// memory at the most, as long as there is room; from then on those of all sites together, and when it is nearly
    /// full a small part of it. Ids are what known pages still add; a generation that ends early forgets sooner, which
    /// refuses a late repeat instead of counting it twice, and a view is never counted without its id.
    /// </summary>
    /// <param name="most">Of the settings.</param>
    /// <param name="sites">So many share the store.</param>
    public int MaxIds(int most, int sites)
    {
        if (Volatile.Read(ref _memory) is not { Most: > 0 } memory)
        {
            return most;
        }

        var share = _room switch
        {
            AdmissionLevel.Everything => ShareOfIds,
            AdmissionLevel.KnownPages => ShareOfIds / sites,
            _ => ShareOfLastIds / sites,
        };
        return (int)Math.Min(most, Math.Max(LeastIds, IdsIn((long)(memory.Most * share / Generations))));
    }

    /// <summary>
    /// View ids at which a generation ends however young it is: two that end while a view waits make it too late.
    /// </summary>
    public int IdCeiling(int most) => _room >= AdmissionLevel.KnownSites ? Math.Max(most / 10, LeastIds) : most;

    /// <summary>
    /// How many ids of one generation so many bytes hold: the first ones in a level have a shard each.
    /// </summary>
    private static long IdsIn(long bytes)
    {
        var ids = 0L;
        foreach (var (from, until, shards) in Levels)
        {
            var alone = Math.Min(shards, bytes / (IdBytes + BytesInShard));
            bytes -= alone * (IdBytes + BytesInShard);
            var others = alone < shards ? 0 : Math.Min(until - from - shards, bytes / BytesInShard);
            bytes -= others * BytesInShard;
            ids += alone + others;
            if (alone + others < until - from)
            {
                break;
            }
        }

        return ids;
    }

    /// <summary>Takes what the store said.</summary>
    public void Take(StoreMemory memory)
    {
        Volatile.Write(ref _memory, memory);
        var (fraction, before) = (Fraction, _room);
        _room = Ceilings
            .LastOrDefault(ceiling => fraction >= (before >= ceiling.Room ? ceiling.Left : ceiling.Reached))
            .Room;
    }

    /// <summary>A commit may make the store grow by so many bytes. True when it is time to look again.</summary>
    public bool MayGrow(long bytes) =>
        Volatile.Read(ref _memory) is { Most: > 0 } memory
        && Interlocked.Add(ref _grown, bytes) > memory.Most * MaxUnseen;

    /// <summary>
    /// True for whoever is to ask the store; the others leave it to them until <see cref="Answered"/>.
    /// </summary>
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
internal enum AdmissionLevel
{
    Everything,

    /// <summary>Views of unknown pages count under "other".</summary>
    KnownPages,

    /// <summary>And sites without a ledger get none.</summary>
    KnownSites,

    /// <summary>No view is taken: what comes next may be forgotten.</summary>
    Nothing,
}
