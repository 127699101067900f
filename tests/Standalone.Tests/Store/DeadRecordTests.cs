using PortalServices.Testing;
using StackExchange.Redis;

namespace PortalServices.Standalone.Tests.Store;

/// <summary>
/// The store keeps what was overwritten or deleted until a checkpoint, and would in the end forget the oldest for it,
/// alive or not.
/// </summary>
public sealed class DeadRecordTests
{
    private const int Megabyte = 1024 * 1024;
    private const int Memory = 16;
    private static readonly int Times = LongRun.IsOn ? 4 : 2;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_was_deleted_pushes_nothing_out_and_is_given_back_at_checkpoints()
    {
        using var folder = new TemporaryDirectory();
        await using (var store = await StoreRun.StartAsync(folder.Path, Memory))
        {
            var database = store.Connection.GetDatabase();
            await database.HashSetAsync("quiet site", "views", 7);
            await database.StringSetAsync("quiet key", "key", TimeSpan.FromDays(9));
            await database.HyperLogLogAddAsync("quiet visitors", ["one", "another"]);

            for (var written = 0; written < Times * Memory; written++)
            {
                await WriteAndDeleteAsync(database);
                await store.CommitAsync(1);
                await store.CheckpointAsync();
                // Checkpoints give back what lies in the older half: twice what is written between them is the most
                // there ever is.
                Assert.InRange(store.RecordBytes, 0, 4 * Megabyte);
            }

            await AssertThereAsync(database);
            Assert.Equal(Times * Memory, await store.LastCommitAsync());
        }

        await using var again = await StoreRun.StartAsync(folder.Path, Memory);
        await AssertThereAsync(again.Connection.GetDatabase());
        Assert.Equal(Times * Memory, await again.LastCommitAsync());
    }

    /// <summary>A megabyte of records that nobody needs any more.</summary>
    private static async Task WriteAndDeleteAsync(IDatabase database)
    {
        const int Record = 8 * 1024;
        var value = new byte[Record];
        for (var i = 0; i < Megabyte / Record; i++)
        {
            await database.StringSetAsync("passing", value);
            await database.KeyDeleteAsync("passing");
        }
    }

    private static async Task AssertThereAsync(IDatabase database)
    {
        Cancel.ThrowIfCancellationRequested();
        Assert.Equal(7, await database.HashGetAsync("quiet site", "views"));
        Assert.Equal("key", await database.StringGetAsync("quiet key"));
        Assert.InRange(
            await database.KeyTimeToLiveAsync("quiet key") ?? default,
            TimeSpan.FromDays(8),
            TimeSpan.FromDays(9)
        );
        Assert.Equal(2, await database.HyperLogLogLengthAsync("quiet visitors"));
    }
}
