using System.Buffers.Binary;
using System.Security.Cryptography;
using PortalServices.Counting.Model;
using PortalServices.Counting.Store;
using StackExchange.Redis;

namespace PortalServices.Counting.Ledger;

/// <summary>
/// Distinct visitors: the HyperLogLogs that are counted, and the random key of a week that makes their members.
/// </summary>
internal sealed class VisitorStore(StoreConnection store)
{
    private const int NameBytes = 16;
    private static readonly TimeSpan KeyLife = TimeSpan.FromDays(9);
    private static readonly TimeSpan FrozenLife = TimeSpan.FromDays(8);
    private static readonly TimeSpan MinuteLife = TimeSpan.FromHours(2);

    /// <summary>
    /// The week's key; whoever comes first makes it. It goes with its week, and with it the way from a member back to
    /// an address.
    /// </summary>
    public Task<byte[]> KeyOfWeekAsync(string site, long week) =>
        KeyAsync(site, CountingKeys.VisitorKey(site, week), KeyLife);

    /// <summary>Likewise the key of a UTC day, which the store removes by itself.</summary>
    public Task<byte[]> KeyOfDayAsync(string site, long day, TimeSpan life) =>
        KeyAsync(site, CountingKeys.OnlineKey(site, day), life);

    private async Task<byte[]> KeyAsync(string site, RedisKey key, TimeSpan life)
    {
        using var write = await store.Writes.BeginAsync();
        var database = store.Database;
        // Where nobody writes any more who does not know the new hash, and where nobody has written yet.
        var ids = await database.HashGetAsync(
            CountingKeys.Ledger(site),
            [CountingKeys.FirstSipHashGeneration, CountingKeys.Generations],
            CommandFlags.DemandMaster
        );
        var size = ids[0].IsNull && !ids[1].IsNull ? VisitorKey.EarlierSize : VisitorKey.SipSize;
        var made = database.StringSetAsync(key, RandomNumberGenerator.GetBytes(size), life, When.NotExists);
        var held = database.StringGetAsync(key, CommandFlags.DemandMaster);
        await Task.WhenAll(made, held);
        return (byte[]?)await held
            ?? throw new StoreUnavailableException("A visitor key vanished between two commands.");
    }

    /// <summary>Sends the adds of a batch, ahead of its commit; repeating them changes nothing.</summary>
    public static Task[] Add(IDatabase database, string site, CommitBatch batch)
    {
        if (batch.Visitors.Count == 0)
        {
            return [];
        }

        var (day, minute) = (
            CountingKeys.DayVisitors(site, batch.Buckets.Day),
            CountingKeys.OnlineVisitors(site, batch.Buckets.Minute)
        );
        var members = Members(batch.Visitors, static names => names.Week);
        List<Task> adds =
        [
            database.HyperLogLogAddAsync(CountingKeys.WeekVisitors(site, batch.Buckets.Week), members),
            database.HyperLogLogAddAsync(day, members),
            database.HyperLogLogAddAsync(minute, Members(batch.Visitors, static names => names.Online)),
            // With every add, not once: on Garnet an HLL that grows loses its expiry.
            database.KeyExpireAsync(day, TimeSpan.FromDays(3)),
            database.KeyExpireAsync(minute, MinuteLife),
        ];
        // All views of a batch are of one minute.
        if (batch.Visitors[0].OnlineBefore is not null)
        {
            var before = CountingKeys.OnlineVisitors(
                site,
                batch.Buckets.Minute,
                OnlineDay.Before(batch.Buckets.Minute)
            );
            adds.Add(
                database.HyperLogLogAddAsync(before, Members(batch.Visitors, static names => names.OnlineBefore!.Value))
            );
            adds.Add(database.KeyExpireAsync(before, MinuteLife));
        }

        return [.. adds];
    }

    /// <summary>Visitors of the day, of each week, and of the minutes that make "online". One round trip.</summary>
    public async Task<VisitorCounts> CountAsync(
        StoreKind kind,
        string site,
        long day,
        IReadOnlyList<long> weeks,
        (long Minute, long? Day)[] onlineMinutes
    )
    {
        using var write = await store.Writes.BeginAsync();
        var database = store.Database;
        var minutes = Array.ConvertAll(
            onlineMinutes,
            minute => CountingKeys.OnlineVisitors(site, minute.Minute, minute.Day)
        );
        var today = database.HyperLogLogLengthAsync(CountingKeys.DayVisitors(site, day), CommandFlags.DemandMaster);
        var byWeek = weeks
            .Select(week =>
                database.HyperLogLogLengthAsync(CountingKeys.WeekVisitors(site, week), CommandFlags.DemandMaster)
            )
            .ToArray();
        var online =
            kind == StoreKind.Garnet
                ? MergeAndCountAsync(database, CountingKeys.OnlineScratch(site), minutes)
                : database.HyperLogLogLengthAsync(minutes, CommandFlags.DemandMaster);
        await Task.WhenAll([today, online, .. byWeek]);
        return new VisitorCounts(
            day,
            await today,
            weeks.Zip(await Task.WhenAll(byWeek)).ToDictionary(week => week.First, week => week.Second),
            await online
        );
    }

    public Task<long> CountWeekAsync(string site, long week) =>
        store.Database.HyperLogLogLengthAsync(CountingKeys.WeekVisitors(site, week), CommandFlags.DemandMaster);

    /// <summary>Destroys the key of a week that is over, before its time is up.</summary>
    public async Task DestroyKeyAsync(string site, long week)
    {
        using var write = await store.Writes.BeginAsync();
        await store.Database.KeyDeleteAsync(CountingKeys.VisitorKey(site, week), CommandFlags.DemandMaster);
    }

    /// <summary>A frozen week's HLL is not needed any more; it stays a while for the curious.</summary>
    public async Task ExpireWeekAsync(string site, long week)
    {
        using var write = await store.Writes.BeginAsync();
        await store.Database.KeyExpireAsync(CountingKeys.WeekVisitors(site, week), FrozenLife);
    }

    private static RedisValue[] Members(List<VisitorNames> visitors, Func<VisitorNames, UInt128> name)
    {
        var bytes = new byte[visitors.Count * NameBytes];
        var members = new RedisValue[visitors.Count];
        for (var i = 0; i < members.Length; i++)
        {
            var member = bytes.AsMemory(i * NameBytes, NameBytes);
            BinaryPrimitives.WriteUInt128BigEndian(member.Span, name(visitors[i]));
            members[i] = member;
        }
        return members;
    }

    /// <summary>
    /// Garnet counts one HLL at a time. The scratch key is emptied first, for a merge adds to what is there.
    /// </summary>
    private static async Task<long> MergeAndCountAsync(IDatabase database, RedisKey scratch, RedisKey[] minutes)
    {
        var emptied = database.KeyDeleteAsync(scratch);
        var merged = database.HyperLogLogMergeAsync(scratch, minutes);
        var counted = database.HyperLogLogLengthAsync(scratch);
        await Task.WhenAll(emptied, merged, counted);
        return await counted;
    }
}

/// <summary>Visitors as counted at one moment.</summary>
internal sealed record VisitorCounts(long Day, long Today, IReadOnlyDictionary<long, long> ByWeek, long Online);
