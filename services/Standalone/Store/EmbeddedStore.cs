using System.Globalization;
using Garnet;
using Garnet.common;
using Microsoft.Extensions.Options;
using Tsavorite.core;

namespace PortalServices.Standalone.Store;

/// <summary>
/// The store of this process: Garnet, which speaks Redis' protocol, reached through a socket file. Starts before the
/// modules that use it and ends after them.
/// </summary>
internal sealed partial class EmbeddedStore(
    DataFolder data,
    StoreSocket socket,
    IOptions<StoreOptions> options,
    ILoggerFactory loggers,
    StartProgress progress,
    TimeProvider time
) : IHostedService, IDisposable
{
    // What a commit takes on a disk that is only slow; the store's own end has no bound after a failed write.
    private static readonly TimeSpan EndWithin = TimeSpan.FromSeconds(5);

    private readonly ILogger _logger = loggers.CreateLogger<EmbeddedStore>();
    private readonly StoreLoggers _loggers = new(loggers, time);
    private GarnetServer? _server;

    /// <summary>How long the log is since the last checkpoint.</summary>
    public long LogBytes => LogEnd - LogBegin;

    /// <summary>From which address on the log counts: a checkpoint holds what was before it.</summary>
    public long LogBegin => _server is { } server ? Log(server, "BeginAddress") : 0;

    /// <summary>Up to which address the log goes.</summary>
    public long LogEnd => _server is { } server ? Log(server, "TailAddress") : 0;

    /// <summary>
    /// What the records take in memory, those included that were overwritten or deleted since the last checkpoint.
    /// </summary>
    public long RecordBytes =>
        _server is { } server ? Records(server, "Log.TailAddress") - Records(server, "Log.BeginAddress") : 0;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        // The store would start, and hang at its first write.
        if (DiskProbe.FindFault(data.Store) is { } fault)
        {
            throw new StartupException(
                $"Store: {data.Store} cannot be written to: {fault}. Make room, or mend the disk, and start again; nothing is lost."
            );
        }
        using var step = progress.Begin($"reading the store in {data.Store}");
        if (FindDamage(data.Store, out var end) is { } damage)
        {
            throw Damaged(damage);
        }
        new StoreLog(data.Store).CutAfter(end);
        try
        {
            _server = new GarnetServer(
                StoreSettings.Create(data.Store, socket.Path, options.Value.MemoryMegabytes),
                _loggers
            );
            _server.Start();
        }
#pragma warning disable CA1031 // The store throws whatever its parts throw; each of them means that the files cannot be read.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            throw Damaged(failure.Message);
        }

        if (Log(_server, "TailAddress") is var read && read != end)
        {
            throw Damaged(
                string.Create(CultureInfo.InvariantCulture, $"its log was read up to {read} and not to {end}")
            );
        }
        _loggers.Started = true;
        return Task.CompletedTask;
    }

    /// <summary>Why no store starts on these files, or null. Only reads.</summary>
    /// <param name="folder">The store's folder.</param>
    /// <param name="end">Where the last whole commit ends; 0 where that cannot be told.</param>
    public static string? FindDamage(string folder, out long end)
    {
        end = 0;
        var log = new StoreLog(folder);
        if ((new CheckpointFiles(folder).FindDamage() ?? log.FindDamage()) is { } damage)
        {
            return damage;
        }
        end = log.FindEnd();
        return log.FindBreak(end);
    }

    /// <summary>
    /// Up to where the log is on disk while it goes further; null while all of it is, or there is no store.
    /// </summary>
    public long? UnfinishedFrom =>
        _server is { } server
        && Log(server, "CommittedUntilAddress") is var written
        && Log(server, "TailAddress") > written
            ? written
            : null;

    /// <summary>Has the log written. It may never end: a write that failed fails the log for good.</summary>
    /// <exception cref="CommitFailureException">A write failed.</exception>
    public Task CommitAsync(CancellationToken cancel) =>
        _server is { } server ? server.Store.CommitAOFAsync(cancel).AsTask() : Task.CompletedTask;

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        // What was acknowledged is committed already; this is for the writes that promise nothing, such as the last
        // visitors.
        try
        {
            await CommitAsync(cancellationToken).WaitAsync(EndWithin, time, cancellationToken);
        }
        catch (Exception failure)
            when (failure is CommitFailureException or TimeoutException or OperationCanceledException)
        {
            LogLastWritesLost(failure.InnerException?.Message ?? failure.Message);
        }

        Dispose();
    }

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _server, null) is not { } server)
        {
            return;
        }
        // After a failed write it waits for ever for a connection that waits for the write. A thread in the background
        // does not hold the process.
        var end = new Thread(server.Dispose) { IsBackground = true, Name = "end of the store" };
        end.Start();
        end.Join(EndWithin);
    }

    private StartupException Damaged(string reason) =>
        new(
            $"Store: {data.Store} is damaged and was left as it is: {reason}. Put back a copy of it, or move it away to begin from zero."
        );

    private static long Log(GarnetServer server, string name) => Metric(server, InfoMetricsType.PERSISTENCE, name);

    private static long Records(GarnetServer server, string name) => Metric(server, InfoMetricsType.STORE, name);

    private static long Metric(GarnetServer server, InfoMetricsType section, string name) =>
        long.Parse(
            server.Metrics.GetInfoMetrics(section).First(item => item.Name == name).Value,
            CultureInfo.InvariantCulture
        );

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "The last writes did not reach the disk: {Reason}. Nothing that was acknowledged is among them."
    )]
    private partial void LogLastWritesLost(string reason);
}
