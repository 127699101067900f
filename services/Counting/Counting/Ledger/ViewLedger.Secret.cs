using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using PortalServices.Counting.Store;
using StackExchange.Redis;

namespace PortalServices.Counting.Ledger;

/// <summary>The secret that a ledger was made with.</summary>
internal sealed partial class ViewLedger
{
    /// <summary>Kept free of adjustments for what an operator must be able to do after an accident.</summary>
    public const int ReservedAuditEntries = 100;

    private const int SecretCheckBytes = 8;
    private readonly ConcurrentDictionary<string, string> _secretChecks = new(StringComparer.Ordinal),
        _newSecretChecks = new(StringComparer.Ordinal);

    // By site: the store's process in which the secret was found to be the ledger's.
    private readonly ConcurrentDictionary<string, string> _claimed = new(StringComparer.Ordinal);

    /// <summary>
    /// What a ledger holds of the secret: 16 hexadecimal digits that only somebody with the secret can tell for another
    /// site.
    /// </summary>
    public static string SecretCheck(string secret, string site) => Check(secret, "ledger check"u8, site);

    /// <summary>The same of a ledger whose ids are made by SipHash.</summary>
    public static string NewSecretCheck(string secret, string site) => Check(secret, "ledger check, SipHash"u8, site);

    /// <summary>Whether a ledger that holds this was made with the secret.</summary>
    public static bool IsCheckOf(string held, string secret, string site) =>
        held == SecretCheck(secret, site) || held == NewSecretCheck(secret, site);

    private static string Check(string secret, ReadOnlySpan<byte> label, string site) =>
        Convert.ToHexStringLower(
            HMACSHA256
                .HashData(Encoding.UTF8.GetBytes(secret), (byte[])[.. label, 0, .. Encoding.UTF8.GetBytes(site)])
                .AsSpan(0, SecretCheckBytes)
        );

    /// <summary>Notes this process' secret in a ledger that has none yet. Asks a store's process once.</summary>
    /// <exception cref="UnsafeStoreException">The ledger was made with another secret; the process ends.</exception>
    public async Task<bool> ClaimSecretAsync(StoreProcess process, string site)
    {
        if (_claimed.TryGetValue(site, out var run) && run == process.RunId)
        {
            return false;
        }

        var held = (string?)await WriteAsync(process, LedgerScript.ClaimSecret, site, [SecretCheckOf(site)]);
        if (held is null || !IsOwn(held, site))
        {
            throw store.RefuseSecret(site);
        }

        _claimed[site] = process.RunId;
        return true;
    }

    /// <summary>Whether a ledger was made with this process' secret; null for one that does not say.</summary>
    public async Task<bool?> HasSecretAsync(StoreProcess process, string site) =>
        await ReadFieldAsync(process, site, CountingKeys.SecretCheck) is { Length: > 0 } held
            ? IsOwn(held, site)
            : null;

    /// <summary>
    /// Takes this process' secret for the ledger's, with a new generation of view ids: <c>accepted</c>, <c>present</c>
    /// or <c>full</c>.
    /// </summary>
    public async Task<string> AcceptSecretAsync(StoreProcess process, string site, AuditEntry audit) =>
        (string?)
            await WriteAsync(
                process,
                LedgerScript.AcceptSecret,
                site,
                [SecretCheckOf(site), audit.ToJson(), MaxAuditEntries + ReservedAuditEntries, NewSecretCheckOf(site)]
            )
        ?? "";

    private bool IsOwn(string held, string site) =>
        held == (string?)SecretCheckOf(site) || held == (string?)NewSecretCheckOf(site);

    private RedisValue NewSecretCheckOf(string site) =>
        _newSecretChecks.GetOrAdd(site, static (site, secret) => NewSecretCheck(secret, site), _options.VisitorSecret);

    private RedisValue SecretCheckOf(string site) =>
        _secretChecks.GetOrAdd(site, static (site, secret) => SecretCheck(secret, site), _options.VisitorSecret);
}
