using Microsoft.Extensions.Time.Testing;
using PortalServices.Testing;

namespace PortalServices.Standalone.Tests.Store;

/// <summary>What is made of a log whose commits do not end: the store may neither write nor say so.</summary>
public sealed class LogWatchTests : IDisposable
{
    private static readonly TimeSpan CommitWithin = TimeSpan.FromSeconds(5);

    private readonly TemporaryDirectory _folder = new();
    private readonly FakeTimeProvider _time = new();
    private readonly FatalStop _fatal = new(new NoLifetime());
    private TaskCompletionSource _commit = new();
    private long? _unfinishedFrom = 1_000;
    private int _commits;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_log_that_stands_still_for_half_a_minute_ends_the_process_with_one_line()
    {
        var watch = Watch();
        // 5 s each: after 30 s it might still be a slow disk.
        for (var looks = 1; looks <= 6; looks++)
        {
            Assert.NotEqual(IPeriodicWork.Finished, await LookAsync(watch));
        }
        Assert.Null(_fatal.Message);
        Assert.Equal(IPeriodicWork.Finished, await LookAsync(watch));
        Assert.Contains("its log stands still since 30 s", _fatal.Message, StringComparison.Ordinal);
        Assert.Contains(_folder.Path, _fatal.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', _fatal.Message!);
    }

    [Theory]
    [InlineData("it goes on")]
    [InlineData("it is whole")]
    [InlineData("a commit ends")]
    public async Task A_log_that_moves_is_only_slow(string how)
    {
        var watch = Watch();
        for (var looks = 1; looks <= 20; looks++)
        {
            await LookAsync(watch);
            if (looks % 6 != 0)
            {
                continue;
            }
            switch (how)
            {
                case "it goes on":
                    _unfinishedFrom += 100;
                    break;
                case "it is whole":
                    (var before, _unfinishedFrom) = (_unfinishedFrom, null);
                    Assert.NotEqual(IPeriodicWork.Finished, await watch.RunAsync(Cancel));
                    _unfinishedFrom = before + 100;
                    break;
                default:
                    (var ended, _commit) = (_commit, new());
                    ended.SetResult();
                    _unfinishedFrom += 100;
                    break;
            }
        }

        Assert.Null(_fatal.Message);
    }

    [Fact]
    public async Task Nothing_is_asked_of_a_log_that_is_whole()
    {
        _unfinishedFrom = null;
        var watch = Watch();
        Assert.NotEqual(IPeriodicWork.Finished, await watch.RunAsync(Cancel));
        Assert.Equal(0, _commits);
    }

    [Fact]
    public async Task A_disk_that_takes_nothing_is_told_by_its_own_fault_and_at_once()
    {
        var watch = Watch();
        Directory.Delete(_folder.Path);
        Assert.Equal(IPeriodicWork.Finished, await LookAsync(watch));
        Assert.Contains("could not be written to", _fatal.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("stands still", _fatal.Message, StringComparison.Ordinal);
        Directory.CreateDirectory(_folder.Path);
    }

    private LogWatch Watch() => new(() => _unfinishedFrom, _ => CommitAsync(), _folder.Path, _fatal, _time);

    private Task CommitAsync()
    {
        _commits++;
        return _commit.Task;
    }

    /// <summary>One look, which waits as long as it does for a commit.</summary>
    private async Task<TimeSpan> LookAsync(LogWatch watch)
    {
        var look = watch.RunAsync(Cancel);
        _time.Advance(CommitWithin);
        return await look;
    }

    private sealed class NoLifetime : Microsoft.Extensions.Hosting.IHostApplicationLifetime
    {
        public CancellationToken ApplicationStarted => default;

        public CancellationToken ApplicationStopping => default;

        public CancellationToken ApplicationStopped => default;

        public void StopApplication() { }
    }
}
