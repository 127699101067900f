using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace PortalServices.ServiceDefaults;

/// <summary>How every process listens.</summary>
internal static class KestrelSetup
{
    const int KiB = 1024;

    public static void Apply(KestrelServerOptions kestrel, DoorList doors)
    {
        kestrel.AddServerHeader = false;
        // Twenty paths of 512 bytes, each byte escaped as three: the longest address the API has. Over HTTP/2 it is a header.
        kestrel.Limits.MaxRequestLineSize = 40 * KiB;
        kestrel.Limits.Http2.MaxRequestHeaderFieldSize = 40 * KiB;
        kestrel.Limits.MaxRequestHeadersTotalSize = 64 * KiB;
        kestrel.Limits.MaxRequestBodySize = 4096 * KiB;
        kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(15);
        doors.Listen(kestrel);
    }
}
