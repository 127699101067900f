using System.Collections.Concurrent;

namespace PortalServices.Edge.CachedReads;

/// <summary>
/// The entries, within their bounds. Those that nobody has asked for lately make room when there is none; of those that
/// readers go on asking for none does, so that a flood of addresses that are asked for once takes them from nobody.
/// </summary>
internal sealed class ReadEntries(CachedReadsOptions options, TimeProvider time)
{
    /// <summary>Where there is no room, an entry that nobody asked for in this time is dropped.</summary>
    public static readonly TimeSpan WantedFor = TimeSpan.FromMinutes(1);

    // To look for room goes through all of them.
    private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(1);

    // An entry and a reply without its body, roughly.
    private const int BytesOfAnEntry = 1_024;
    private const int BytesPerCharacter = 2;

    private readonly ConcurrentDictionary<ReadKey, ReadEntry> _entries = new();
    private readonly long _maxBytes = options.MaxMegabytes * 1024L * 1024;
    private readonly Lock _gate = new();
    private int _count;
    private long _bytes;
    private long? _lookedAt;

    /// <summary>How many there are.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>The memory that they take, about.</summary>
    public long Bytes => Volatile.Read(ref _bytes);

    public ReadEntry? Find(in ReadKey key) => _entries.TryGetValue(key, out var entry) ? entry : null;

    /// <summary>The entry, a new one where there is none; null where there is no room.</summary>
    public ReadEntry? Take(in ReadKey key, long now)
    {
        if (_entries.TryGetValue(key, out var found))
        {
            return found;
        }
        lock (_gate)
        {
            if (_entries.TryGetValue(key, out var added))
            {
                return added;
            }
            var size = BytesOfAnEntry + (BytesPerCharacter * key.Length);
            if (!HasRoom(1, size, now))
            {
                return null;
            }
            var entry = new ReadEntry(key) { Size = size, ReadAt = now };
            _entries[key] = entry;
            _count++;
            _bytes += size;
            return entry;
        }
    }

    /// <summary>Keeps a reply; where there is no room for it, the entry goes.</summary>
    public void Keep(ReadEntry entry, CachedReply reply, long now)
    {
        lock (_gate)
        {
            if (entry.IsDropped)
            {
                return;
            }
            var more = reply.Size - (entry.Last?.Size ?? 0);
            if (more > 0 && !HasRoom(0, more, now, except: entry))
            {
                Remove(entry);
                return;
            }
            entry.Size += more;
            _bytes += more;
            entry.Last = reply;
        }
    }

    /// <summary>Drops it.</summary>
    public void Drop(ReadEntry entry)
    {
        lock (_gate)
        {
            if (!entry.IsDropped)
            {
                Remove(entry);
            }
        }
    }

    private bool HasRoom(int entries, long bytes, long now, ReadEntry? except = null)
    {
        if (Fits(entries, bytes))
        {
            return true;
        }
        if (_lookedAt is { } last && time.GetElapsedTime(last, now) < LookAgain)
        {
            return false;
        }
        _lookedAt = now;
        foreach (var (_, entry) in _entries)
        {
            if (entry != except && time.GetElapsedTime(entry.ReadAt, now) >= WantedFor)
            {
                Remove(entry);
            }
        }
        return Fits(entries, bytes);
    }

    private bool Fits(int entries, long bytes) => _count + entries <= options.MaxEntries && _bytes + bytes <= _maxBytes;

    private void Remove(ReadEntry entry)
    {
        _entries.TryRemove(entry.Key, out _);
        _count--;
        _bytes -= entry.Size;
        (entry.Last, entry.IsDropped) = (null, true);
    }
}
