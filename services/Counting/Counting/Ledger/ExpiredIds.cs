using System.Globalization;
using PortalServices.Counting.Model;
using PortalServices.Counting.Store;
using StackExchange.Redis;

namespace PortalServices.Counting.Ledger;

/// <summary>
/// View ids of a site that are searched no more, while the store's memory is short: they go soon after their
/// generation, and do not wait for housekeeping.
/// Nothing is sought for them, because the names of their fields are known. For one caller at a time.
/// </summary>
internal sealed class ExpiredIds(Site site, ViewLedger ledger, ScanGate scans)
{
    private const int Levels = 3,
        FieldsPerCommand = 500,
        WordsPerGeneration = 3;

    // So many between two batches: the views of the next wait for them.
    private const int MaxCommands = 2;

    // What ended before, housekeeping finds.
    private const int AtFirst = 2;
    private readonly Queue<long> _over = [];
    private IEnumerator<RedisValue[]>? _fields;
    private int _level = 1;
    private long _removedOfLevel;
    private long _horizon;
    private long _known;

    /// <summary>
    /// Whether there are ids that a generation which ends would make useless, in a store that is nearly full.
    /// </summary>
    public async ValueTask<bool> MayEndAsync()
    {
        var process = await ledger.ProcessOfAsync(site.Id);
        if (process.Fill.Room < AdmissionLevel.KnownSites)
        {
            return false;
        }

        var generations = await ledger.ReadFieldAsync(process, site.Id, CountingKeys.Generations);
        return generations
            .Split(' ')
            .Where((_, i) => i % WordsPerGeneration == WordsPerGeneration - 1)
            .Any(count => count != "0");
    }

    /// <summary>
    /// After each commit, and when one is refused; removes some of what has become useless, unless there is room.
    /// </summary>
    /// <exception cref="StoreUnavailableException">The store is away; as are other exceptions of the store. What is
    /// left is removed after a later commit.</exception>
    public async ValueTask RemoveAsync(SiteNumbers numbers)
    {
        if (numbers.IdHorizon == _horizon && _over.Count == 0)
        {
            return;
        }

        var process = await ledger.ProcessOfAsync(site.Id);
        if (process.Fill.Room < AdmissionLevel.KnownPages)
        {
            return;
        }

        if (numbers.IdHorizon != _horizon)
        {
            Note(await ledger.ReadFieldAsync(process, site.Id, CountingKeys.Generations));
            _horizon = numbers.IdHorizon;
        }

        for (var commands = 0; commands < MaxCommands && _over.Count > 0; commands++)
        {
            // Whoever goes through the pages does not hold views up.
            if (!await scans.TryRunAsync(() => RemoveSomeAsync(process)))
            {
                return;
            }
        }
    }

    private void Note(string generations)
    {
        // Number, began and count of the current one; the same of the one before it.
        if (
            generations.Split(' ') is not { Length: 6 } words
            || !long.TryParse(words[3], NumberStyles.None, CultureInfo.InvariantCulture, out var oldest)
        )
        {
            return;
        }

        if (oldest <= _known)
        {
            // Another ledger: its generations begin anew.
            _known = 0;
            _over.Clear();
            (_fields, _level) = (null, 1);
        }

        for (var generation = Math.Max(_known, oldest - AtFirst); generation < oldest; generation++)
        {
            _over.Enqueue(generation);
        }

        _known = oldest;
    }

    private async Task RemoveSomeAsync(StoreProcess process)
    {
        if (_fields is null)
        {
            _removedOfLevel = 0;
            _fields = CountingKeys.IdShards(_over.Peek(), _level).Chunk(FieldsPerCommand).GetEnumerator();
            _fields.MoveNext();
        }

        // One that fails is tried again.
        _removedOfLevel += await ledger.RemoveAsync(process, site.Id, _fields.Current);
        if (_fields.MoveNext())
        {
            return;
        }

        _fields = null;
        // A generation that has no shards of a level has none of the next.
        if (_level == Levels || _removedOfLevel == 0)
        {
            _over.Dequeue();
            _level = 1;
        }
        else
        {
            _level++;
        }
    }
}
