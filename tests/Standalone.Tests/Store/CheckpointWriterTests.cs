using PortalServices.Testing;

namespace PortalServices.Standalone.Tests.Store;

/// <summary>What counts as a checkpoint, whatever the store has answered.</summary>
public sealed class CheckpointWriterTests : IDisposable
{
    private readonly TemporaryDirectory _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(1)]
    [InlineData(100)]
    public async Task One_that_is_not_there_is_none_however_short_the_log_is(int commits)
    {
        await using var store = await StoreRun.StartAsync(_folder.Path);
        await store.CommitAsync(commits);
        // As when the answer of a store that could not write is lost.
        Assert.Equal((false, 0), await WriteAsync(store, () => Task.CompletedTask));
    }

    /// <summary>The store writes no index for the second one.</summary>
    [Fact]
    public async Task One_that_is_there_is_one_however_short_the_log_is()
    {
        await using var store = await StoreRun.StartAsync(_folder.Path);
        Assert.Equal((true, 1), await WriteAsync(store, store.SaveAsync));
        await store.CommitAsync(1);
        Assert.Equal((true, 1), await WriteAsync(store, store.SaveAsync));
    }

    [Fact]
    public async Task One_without_its_last_file_is_none()
    {
        await using var store = await StoreRun.StartAsync(_folder.Path);
        await store.CommitAsync(1);
        Assert.Equal(
            (false, 0),
            await WriteAsync(
                store,
                async () =>
                {
                    await store.SaveAsync();
                    var checkpoint = Assert.Single(
                        Directory.GetDirectories(_folder.File("store/Store/checkpoints/cpr-checkpoints"))
                    );
                    File.Delete(Path.Combine(checkpoint, "info.dat.0"));
                }
            )
        );
    }

    /// <summary>Whether there is one, and how often what comes behind it has run.</summary>
    private static async Task<(bool IsWritten, int Behind)> WriteAsync(StoreRun store, Func<Task> save)
    {
        var behind = 0;
        using var writer = store.Writer(async then =>
        {
            await save();
            await then!([]);
        });
        var isWritten = await writer.WriteAsync(
            (_, _, _) =>
            {
                behind++;
                return Task.CompletedTask;
            },
            TestContext.Current.CancellationToken
        );
        return (isWritten, behind);
    }
}
