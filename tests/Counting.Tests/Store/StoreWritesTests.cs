using PortalServices.Counting.Store;

namespace PortalServices.Counting.Tests.Store;

public sealed class StoreWritesTests
{
    private readonly StoreWrites _writes = new();

    [Fact]
    public async Task Work_without_writes_begins_when_those_under_way_have_ended()
    {
        var first = await _writes.BeginAsync();
        var second = await _writes.BeginAsync();
        var begun = new TaskCompletionSource();
        var work = _writes.WithoutWritesAsync(() =>
        {
            begun.SetResult();
            return Task.CompletedTask;
        });

        first.Dispose();
        Assert.False(begun.Task.IsCompleted);
        second.Dispose();

        await work;
        Assert.True(begun.Task.IsCompleted);
    }

    [Fact]
    public async Task A_write_waits_until_the_work_is_done()
    {
        var done = new TaskCompletionSource();
        var work = _writes.WithoutWritesAsync(() => done.Task);
        var write = _writes.BeginAsync().AsTask();
        Assert.False(write.IsCompleted);

        done.SetResult();

        await work;
        (await write).Dispose();
    }

    [Fact]
    public async Task Work_that_fails_lets_the_writes_go_on()
    {
        await Assert.ThrowsAsync<IOException>(() => _writes.WithoutWritesAsync(() => throw new IOException()));

        (await _writes.BeginAsync()).Dispose();
        await _writes.WithoutWritesAsync(() => Task.CompletedTask);
    }

    [Fact]
    public async Task No_write_is_ever_under_way_during_the_work()
    {
        var cancel = TestContext.Current.CancellationToken;
        var (underWay, ended) = (0, false);
        var writers = Enumerable
            .Range(0, 4)
            .Select(_ =>
                Task.Run(
                    async () =>
                    {
                        while (!Volatile.Read(ref ended))
                        {
                            using (await _writes.BeginAsync())
                            {
                                Interlocked.Increment(ref underWay);
                                await Task.Yield();
                                Interlocked.Decrement(ref underWay);
                            }
                        }
                    },
                    cancel
                )
            )
            .ToArray();

        for (var i = 0; i < 2_000; i++)
        {
            await _writes.WithoutWritesAsync(async () =>
            {
                Assert.Equal(0, Volatile.Read(ref underWay));
                await Task.Yield();
                Assert.Equal(0, Volatile.Read(ref underWay));
            });
        }

        Volatile.Write(ref ended, true);
        await Task.WhenAll(writers);
    }
}
