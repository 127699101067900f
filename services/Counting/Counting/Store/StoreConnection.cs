using System.Collections.Concurrent;
using System.Net;
using Microsoft.Extensions.Options;
using OpenTelemetry.Instrumentation.StackExchangeRedis;
using StackExchange.Redis;

namespace PortalServices.Counting.Store;

/// <summary>The process' one connection to the store, and the store processes behind it that were checked.</summary>
internal sealed partial class StoreConnection(
    IConfiguration configuration,
    IOptions<CountingOptions> options,
    FatalStop fatal,
    IHostApplicationLifetime lifetime,
    TimeProvider time,
    ILogger<StoreConnection> logger,
    StackExchangeRedisInstrumentation? traced = null
) : IAsyncDisposable
{
    private const int KeysPerScan = 1_000;
    private readonly ConcurrentDictionary<EndPoint, StoreProcess> _checked = new();
    private readonly SemaphoreSlim _one = new(1, 1);
    private readonly LogPace _pace = new(time);

    // By site: one for each at the most.
    private readonly ConcurrentDictionary<string, string> _writeFailures = new(StringComparer.Ordinal);
    private volatile ConnectionMultiplexer? _multiplexer;

    /// <summary>What was checked last, for health; null before the store was reached.</summary>
    public StoreProcess? Latest { get; private set; }

    /// <summary>
    /// The processes that were checked, have not restarted since, as far as is known, and are connected: after a
    /// failover the one that is gone may never come back.
    /// </summary>
    public IEnumerable<StoreProcess> Checked =>
        _multiplexer is { } multiplexer
            ? multiplexer
                .GetServers()
                .Where(server => server.IsConnected)
                .Select(server => _checked.GetValueOrDefault(server.EndPoint))
                .OfType<StoreProcess>()
            : [];

    /// <summary>Every write to the store begins here, and every read that has it write to its disk.</summary>
    public StoreWrites Writes { get; } = new();

    /// <summary>The sites whose ledger did not take the last write.</summary>
    public IReadOnlyList<string> FailingSites => [.. _writeFailures.Keys.Order(StringComparer.Ordinal)];

    /// <summary>Whether the ledger of a site did not take the last write.</summary>
    public bool IsFailing(string site) => _writeFailures.ContainsKey(site);

    public IDatabase Database =>
        _multiplexer?.GetDatabase() ?? throw new StoreUnavailableException("The store was not reached yet.");

    /// <summary>The checked process that holds a key.</summary>
    /// <exception cref="StoreUnavailableException">It cannot be reached or is not ready to answer.</exception>
    /// <exception cref="UnsafeStoreException">It may lose what it acknowledges; the process ends.</exception>
    public async ValueTask<StoreProcess> ProcessOfAsync(RedisKey key)
    {
        var multiplexer = _multiplexer ?? await ConnectAsync();
        var server = ServerOf(multiplexer, key);
        return _checked.TryGetValue(server.EndPoint, out var process) ? process : await CheckAsync(server);
    }

    /// <summary>
    /// Runs one command against the checked process that holds a key; once more when it turns out to have restarted.
    /// </summary>
    public async Task<T> WithProcessAsync<T>(RedisKey key, Func<StoreProcess, Task<T>> command)
    {
        var process = await ProcessOfAsync(key);
        try
        {
            return await command(process);
        }
        catch (RedisServerException e) when (IsUnknownScript(e))
        {
            Forget(process);
            return await command(await ProcessOfAsync(key));
        }
    }

    /// <summary>Runs a write to a site's ledger, and remembers whether it failed.</summary>
    public async Task<T> WatchWriteAsync<T>(string site, Func<Task<T>> write)
    {
        try
        {
            var answer = await write();
            _writeFailures.TryRemove(site, out _);
            return answer;
        }
        catch (RedisServerException e) when (IsUnknownScript(e) || DamageMark.Of(e) is not null)
        {
            // It says nothing about whether the store takes writes.
            throw;
        }
        catch (Exception e) when (StoreFailure.Is(e))
        {
            _writeFailures[site] = e.Message;
            throw;
        }
    }

    /// <summary>The keys of all processes that are like a pattern. The store was reached.</summary>
    /// <exception cref="StoreUnavailableException">A process that may hold some does not answer.</exception>
    public async Task<IReadOnlySet<string>> ReadKeysAsync(string pattern)
    {
        var keys = new HashSet<string>(StringComparer.Ordinal);
        try
        {
            foreach (var server in _multiplexer!.GetServers().Where(server => !server.IsReplica))
            {
                await foreach (var key in server.KeysAsync(Database.Database, pattern, pageSize: KeysPerScan))
                {
                    keys.Add((string)key!);
                }
            }
        }
        catch (Exception e) when (e is RedisException or TimeoutException)
        {
            throw new StoreUnavailableException("The store's keys cannot be listed: " + e.Message, e);
        }

        return keys;
    }

    /// <summary>How much a checked process holds now.</summary>
    public Task<StoreMemory> ReadMemoryAsync(StoreProcess process) =>
        StoreCheck.ReadMemoryAsync(_multiplexer!.GetServer(process.Endpoint), process.Kind);

    /// <summary>
    /// Looks again at the settings of the store's processes, which can be changed while they run; the process ends when
    /// they are unsafe.
    /// </summary>
    public async Task CheckAgainAsync()
    {
        foreach (var process in _checked.Values.Where(process => process.Kind == StoreKind.Redis))
        {
            try
            {
                process.Fsync = await StoreCheck.CheckSettingsAsync(
                    _multiplexer!.GetServer(process.Endpoint),
                    options.Value.TrustStoreSettings
                );
            }
            catch (UnsafeStoreException e)
            {
                Forget(process);
                fatal.Stop(e.Message + " Nothing more is committed to it.");
            }
            catch (Exception e) when (StoreFailure.Is(e))
            {
                // Away: it is checked whole when it comes back.
            }
        }
    }

    /// <summary>
    /// Ends the process, whose secret is not the one that a ledger was made with: it would count everybody and every
    /// view id once more.
    /// </summary>
    public UnsafeStoreException RefuseSecret(string site)
    {
        var refusal = new UnsafeStoreException(
            $"Counting:VisitorSecret: the ledger of {site} was made with another secret. Give this process the secret of the others; if it is lost, stop them all and run this host once with --accept-visitor-secret."
        );
        fatal.Stop(refusal.Message);
        return refusal;
    }

    /// <summary>
    /// The process no longer knows the scripts: it was restarted, and is checked again before the next command.
    /// </summary>
    public void Forget(StoreProcess process) =>
        _checked.TryRemove(new KeyValuePair<EndPoint, StoreProcess>(process.Endpoint, process));

    /// <summary>True for the answer of a store that does not know a script.</summary>
    public static bool IsUnknownScript(RedisServerException e) =>
        e.Message.StartsWith("NOSCRIPT", StringComparison.Ordinal);

    public async ValueTask DisposeAsync()
    {
        if (_multiplexer is { } multiplexer)
        {
            await multiplexer.DisposeAsync();
        }

        _one.Dispose();
    }

    private static IServer ServerOf(ConnectionMultiplexer multiplexer, RedisKey key)
    {
        try
        {
            return multiplexer.GetServer(key, flags: CommandFlags.DemandMaster);
        }
        catch (Exception e) when (e is RedisException or InvalidOperationException)
        {
            throw new StoreUnavailableException("No store process takes writes now: " + e.Message, e);
        }
    }

    internal static ConfigurationOptions Parse(string? connectionString)
    {
        try
        {
            var settings = string.IsNullOrWhiteSpace(connectionString)
                ? new ConfigurationOptions()
                : ConfigurationOptions.Parse(connectionString);
            return settings.EndPoints.Count > 0
                ? settings
                : throw new StartupException(
                    "ConnectionStrings:redis: it names no server, such as redis.internal:6379"
                );
        }
        catch (ArgumentException e)
        {
            // The string itself may hold a password, and is not told.
            throw new StartupException(
                $"ConnectionStrings:redis: it is not a connection string of the Redis client ({e.ParamName ?? "unreadable"})"
            );
        }
    }

    private async Task<ConnectionMultiplexer> ConnectAsync()
    {
        await _one.WaitAsync();
        try
        {
            if (_multiplexer is { } connected)
            {
                return connected;
            }

            var settings = Parse(configuration.GetConnectionString("redis"));
            settings.AbortOnConnectFail = false;
            // A command that cannot be sent now fails now: the committer holds the batch and repeats it, not a queue
            // that nobody sees.
            settings.BacklogPolicy = BacklogPolicy.FailFast;
            settings.ReconnectRetryPolicy = new ExponentialRetry(100, 1_000);
            // INFO and CONFIG GET, to see what store this is.
            settings.AllowAdmin = true;
            settings.ConnectTimeout = 2_000;
            // How soon a change of roles, after a failover, is noticed.
            settings.ConfigCheckSeconds = 2;
            settings.AsyncTimeout = (int)options.Value.AnswerWithin.TotalMilliseconds;
            settings.ClientName = "portal-counting";
            var multiplexer = await ConnectionMultiplexer.ConnectAsync(settings);
            if (traced is not null && CountingTelemetry.Source.HasListeners())
            {
                TracedCommands.Watch(traced, multiplexer);
            }
            multiplexer.ConnectionFailed += (_, failure) =>
            {
                // It is tried again every second. An embedded store ends before the connection does.
                if (!lifetime.ApplicationStopping.IsCancellationRequested && _pace.TryTake())
                {
                    LogConnection(failure.FailureType, failure.Exception?.Message);
                }
            };
            return _multiplexer = multiplexer;
        }
        catch (RedisException e)
        {
            throw new StoreUnavailableException("The store cannot be reached: " + e.Message, e);
        }
        finally
        {
            _one.Release();
        }
    }

    private async Task<StoreProcess> CheckAsync(IServer server)
    {
        await _one.WaitAsync();
        try
        {
            if (_checked.TryGetValue(server.EndPoint, out var known))
            {
                return known;
            }

            var process = await StoreCheck.RunAsync(server, options.Value.TrustStoreSettings);
            _checked[server.EndPoint] = process;
            Latest = process;
            LogChecked(process, process.Fsync);
            if (process.Fsync == "everysec")
            {
                LogEverysec(process.Endpoint);
            }

            return process;
        }
        catch (UnsafeStoreException e)
        {
            fatal.Stop(e.Message + " Nothing is committed to it.");
            throw;
        }
        catch (Exception e) when (e is RedisException or TimeoutException or ObjectDisposedException)
        {
            throw new StoreUnavailableException("The store does not answer: " + e.Message, e);
        }
        finally
        {
            _one.Release();
        }
    }

    [LoggerMessage(
        Level = LogLevel.Information,
        Message = "The store was checked: {Process}; append-only file {Fsync}."
    )]
    private partial void LogChecked(StoreProcess process, string fsync);

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "The connection of ConnectionStrings:redis failed: {Failure}. {Reason}"
    )]
    private partial void LogConnection(ConnectionFailureType failure, string? reason);

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "The store at {Endpoint} writes to disk once a second (appendfsync everysec): a crash of its machine may lose the last second of acknowledged views. The shipped setting is always."
    )]
    private partial void LogEverysec(EndPoint endpoint);
}
