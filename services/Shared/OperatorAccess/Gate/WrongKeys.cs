using System.Diagnostics.Metrics;
using System.Net;
using System.Net.Sockets;
using PortalServices.ServiceDefaults.Hosting;

namespace PortalServices.OperatorAccess.Gate;

/// <summary>
/// Counts wrong operator keys and logs where they come from: the first of an address at once, the others once a minute
/// with their number. It is the only place where the address of a client is logged.
/// </summary>
internal sealed partial class WrongKeys(IMeterFactory meters, ILogger<WrongKeys> logger) : IPeriodicWork
{
    public const string Meter = "PortalServices.OperatorAccess";

    /// <summary>Addresses that are told apart at a time; the keys of all further ones are counted together.</summary>
    public const int MaxAddresses = 1_000;

    private const string AllOthers = "further addresses";
    private const int NetworkBits = 64;
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    private readonly Dictionary<string, Sender> _senders = new(StringComparer.Ordinal);
    private readonly Lock _lock = new();
    private readonly Counter<long> _counter = meters
        .Create(Meter)
        .CreateCounter<long>(
            "portal.operators.wrong_keys",
            "{request}",
            "Requests with an operator key that is not valid."
        );

    public string Name => "logging wrong operator keys";

    public void Count(IPAddress? client)
    {
        _counter.Add(1);
        var address = NameOf(client);
        lock (_lock)
        {
            if (_senders.Count >= MaxAddresses && !_senders.ContainsKey(address))
            {
                address = AllOthers;
            }
            if (!_senders.TryAdd(address, new Sender()))
            {
                _senders[address].Unlogged++;
                return;
            }
        }

        LogFirst(address);
    }

    /// <summary>
    /// Logs how many came since the last time, and forgets the addresses that have been silent for a whole minute.
    /// </summary>
    internal void LogCounts()
    {
        List<(string Address, long Keys)> counts = [];
        lock (_lock)
        {
            foreach (var (address, sender) in _senders)
            {
                if (sender.Unlogged > 0)
                {
                    counts.Add((address, sender.Unlogged));
                }
                else if (!sender.IsNew)
                {
                    _senders.Remove(address);
                }
                (sender.Unlogged, sender.IsNew) = (0, false);
            }
        }

        foreach (var (address, keys) in counts)
        {
            LogMore(keys, address);
        }
    }

    public Task<TimeSpan> RunAsync(CancellationToken stopping)
    {
        LogCounts();
        return Task.FromResult(Minute);
    }

    public Task EndAsync()
    {
        LogCounts();
        return Task.CompletedTask;
    }

    /// <summary>An address as it is logged: IPv6 as the network that one customer of a provider has.</summary>
    internal static string NameOf(IPAddress? client)
    {
        if (client is null)
        {
            return "an unknown address";
        }
        if (client.IsIPv4MappedToIPv6)
        {
            client = client.MapToIPv4();
        }
        if (client.AddressFamily is not AddressFamily.InterNetworkV6)
        {
            return client.ToString();
        }
        Span<byte> bytes = stackalloc byte[16];
        client.TryWriteBytes(bytes, out _);
        bytes[(NetworkBits / 8)..].Clear();
        return $"{new IPAddress(bytes)}/{NetworkBits}";
    }

    private sealed class Sender
    {
        public long Unlogged { get; set; }

        /// <summary>Its first key was logged since the last counts were.</summary>
        public bool IsNew { get; set; } = true;
    }

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "A wrong operator key from {Address}; more of them are logged once a minute"
    )]
    private partial void LogFirst(string address);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Keys} more wrong operator keys from {Address}")]
    private partial void LogMore(long keys, string address);
}
