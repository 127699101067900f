using Microsoft.Extensions.Options;
using PortalServices.Counting;

namespace PortalServices.Standalone;

/// <summary>
/// Has the store write a checkpoint whenever its log has grown by a few megabytes: the log is emptied by it, so that neither the folder nor
/// the time of a start grows with the number of views.
/// </summary>
internal sealed partial class Checkpoints(
    EmbeddedStore store, DataFolder data, IOptions<StoreOptions> options, IServiceProvider services, TimeProvider time, ILogger<Checkpoints> logger)
    : BackgroundService
{
    const long Kilobyte = 1024;
    static readonly TimeSpan Look = TimeSpan.FromSeconds(1);
    static readonly TimeSpan AfterFailure = TimeSpan.FromMinutes(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var next = Look;
        while (true)
        {
            await Task.Delay(next, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (stoppingToken.IsCancellationRequested)
                return;
            next = store.LogBytes < options.Value.CheckpointKilobytes * Kilobyte || await WriteAsync() ? Look : AfterFailure;
        }
    }

    async Task<bool> WriteAsync()
    {
        var before = store.LogBytes;
        try
        {
            var files = new CheckpointFiles(data.Store);
            var there = files.BeforeWriting();
            await services.WriteCountingCheckpointAsync();
            if (store.LogBytes >= before)
            {
                LogNotWritten(data.Store);
                return false;
            }

            files.Note(there);
            return true;
        }
#pragma warning disable CA1031 // Counting goes on without a checkpoint; the log only gets longer.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            LogFailed(failure, data.Store);
            return false;
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "No checkpoint could be written in {Folder}. Nothing is lost, but its log grows; see whether the disk is full.")]
    private partial void LogNotWritten(string folder);

    [LoggerMessage(Level = LogLevel.Error, Message = "No checkpoint was written in {Folder}. Nothing is lost, but its log grows.")]
    private partial void LogFailed(Exception failure, string folder);
}
