using StackExchange.Redis;

namespace PortalServices.Counting.Store;

/// <summary>Has the store write a checkpoint, with all writes of this process held back meanwhile.</summary>
internal sealed class StoreCheckpoint(StoreConnection store)
{
    /// <summary>
    /// Returns when the store is done with it. Whether there is one, its files tell: the store's answer may be lost.
    /// </summary>
    /// <param name="behind">Runs behind it, while writes are still held back; not where the store says that it wrote
    /// none.</param>
    public Task WriteAsync(Func<Task>? behind = null) =>
        store.Writes.WithoutWritesAsync(async () =>
        {
            // On the connection of the writes: one that was given up, but still is on its way to the store, comes
            // before it.
            var database = store.Database;
            try
            {
                await database.ExecuteAsync("SAVE");
            }
            catch (RedisTimeoutException)
            {
                // It is still being written. The connection answers the next command when it is done; until then
                // nothing may be written.
                await AnsweredAsync(database);
            }
            catch (RedisServerException)
            {
                // Its own log has the reason.
                return;
            }

            if (behind is not null)
            {
                await behind();
            }
        });

    private static async Task AnsweredAsync(IDatabase database)
    {
        while (true)
        {
            try
            {
                await database.PingAsync();
                return;
            }
            catch (RedisTimeoutException)
            {
                // Wait on.
            }
        }
    }
}
