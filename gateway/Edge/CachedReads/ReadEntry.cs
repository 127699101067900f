namespace PortalServices.Edge.CachedReads;

/// <summary>What is known of one thing that readers ask for. Its lock guards the request.</summary>
internal sealed class ReadEntry(ReadKey key)
{
    private volatile CachedReply? _last;
    private volatile bool _isDropped;
    private long _readAt;

    public ReadKey Key { get; } = key;

    /// <summary>The last reply.</summary>
    public CachedReply? Last
    {
        get => _last;
        set => _last = value;
    }

    /// <summary>It is no longer in the cache.</summary>
    public bool IsDropped
    {
        get => _isDropped;
        set => _isDropped = value;
    }

    /// <summary>The request that is under way.</summary>
    public SharedRequest? Asked { get; set; }

    /// <summary>Local timestamp of when the service was found away; null since it has answered.</summary>
    public long? AwayAt { get; set; }

    /// <summary>Local timestamp of the last time somebody asked for it.</summary>
    public long ReadAt
    {
        get => Volatile.Read(ref _readAt);
        set => Volatile.Write(ref _readAt, value);
    }

    /// <summary>Bytes it is charged with. Guarded by the cache.</summary>
    public long Size { get; set; }
}
