using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace PortalServices.ServiceDefaults.Doors;

/// <summary>How every process listens.</summary>
internal static class KestrelSetup
{
    private const int KiB = 1024;

    public static void Apply(
        KestrelServerOptions kestrel,
        DoorList doors,
        Func<ConnectionBudget> budget,
        Func<IEnumerable<IDoorProtocol>> protocols
    )
    {
        kestrel.AddServerHeader = false;
        // Wider than what the edge lets in, so that the edge's refusals, which say why, come first. Twenty paths of 512
        // bytes, each byte escaped as three, are the longest address the API has: 31 KiB.
        kestrel.Limits.MaxRequestLineSize = 48 * KiB;
        kestrel.Limits.MaxRequestHeadersTotalSize = 64 * KiB;
        kestrel.Limits.MaxRequestHeaderCount = 200;
        // Above it the whole connection ends, below it only the request: larger than all headers together may be.
        kestrel.Limits.Http2.MaxRequestHeaderFieldSize = 128 * KiB;
        // What a client may send ahead of what is read. The largest head has to fit.
        kestrel.Limits.MaxRequestBufferSize = 64 * KiB;
        kestrel.Limits.MaxRequestBodySize = 4096 * KiB;
        doors.Listen(kestrel, budget, protocols);
    }

    /// <summary>How long clients may take; once the settings are known to be right.</summary>
    public static void ApplyTimes(KestrelServerOptions kestrel, ConnectionsOptions connections)
    {
        kestrel.Limits.RequestHeadersTimeout = connections.HeadTimeout;
        kestrel.Limits.KeepAliveTimeout = connections.IdleTimeout;
        kestrel.Limits.MinRequestBodyDataRate = kestrel.Limits.MinResponseDataRate = new MinDataRate(
            connections.MinBytesPerSecond,
            connections.RateGracePeriod
        );
    }
}
