using System.Globalization;
using Garnet;
using Garnet.common;
using Microsoft.Extensions.Options;
using PortalServices.ServiceDefaults;

namespace PortalServices.Standalone;

/// <summary>
/// The store of this process: Garnet, which speaks Redis' protocol, reached through a socket file. Starts before the modules that use it and
/// ends after them.
/// </summary>
internal sealed class EmbeddedStore(DataFolder data, StoreSocket socket, IOptions<StoreOptions> options, ILoggerFactory loggers)
    : IHostedService, IDisposable
{
    readonly StoreLoggers _loggers = new(loggers);
    GarnetServer? _server;

    /// <summary>How long the log is since the last checkpoint.</summary>
    public long LogBytes => _server is { } server ? Log(server, "TailAddress") - Log(server, "BeginAddress") : 0;

    /// <summary>What the records take in memory, those included that were overwritten or deleted since the last checkpoint.</summary>
    public long RecordBytes => _server is { } server ? Records(server, "Log.TailAddress") - Records(server, "Log.BeginAddress") : 0;

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        var log = new StoreLog(data.Store);
        if ((new CheckpointFiles(data.Store).FindDamage() ?? log.FindDamage()) is { } damage)
            throw Damaged(damage);
        var end = log.FindEnd();
        log.CutAfter(end);
        try
        {
            _server = new GarnetServer(StoreSettings.Create(data.Store, socket.Path, options.Value.MemoryMegabytes), _loggers);
            _server.Start();
        }
#pragma warning disable CA1031 // The store throws whatever its parts throw; each of them means that the files cannot be read.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            throw Damaged(failure.Message);
        }

        if (Log(_server, "TailAddress") is var read && read != end)
            throw Damaged(string.Create(CultureInfo.InvariantCulture, $"its log was read up to {read} and not to {end}"));
        _loggers.Started = true;
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        // What was acknowledged is committed already; this is for the writes that promise nothing, such as the last visitors.
        if (_server is not null)
            await _server.Store.CommitAOFAsync(cancellationToken);
        Dispose();
    }

    /// <inheritdoc/>
    public void Dispose() => Interlocked.Exchange(ref _server, null)?.Dispose();

    StartupException Damaged(string reason) =>
        new($"Store: {data.Store} is damaged and was left as it is: {reason}. Put back a copy of it, or move it away to begin from zero.");

    static long Log(GarnetServer server, string name) => Metric(server, InfoMetricsType.PERSISTENCE, name);

    static long Records(GarnetServer server, string name) => Metric(server, InfoMetricsType.STORE, name);

    static long Metric(GarnetServer server, InfoMetricsType section, string name) =>
        long.Parse(server.Metrics.GetInfoMetrics(section).First(item => item.Name == name).Value, CultureInfo.InvariantCulture);
}
