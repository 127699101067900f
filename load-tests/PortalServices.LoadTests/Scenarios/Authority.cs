using System.Text;

namespace PortalServices.LoadTests.Scenarios;

/// <summary>A target as requests name it.</summary>
internal sealed class Authority(Uri target)
{
    private readonly byte[] _host = Encoding.ASCII.GetBytes($"Host: {target.Authority}\r\n");

    public ReadOnlySpan<byte> HostHeader => _host;
}
