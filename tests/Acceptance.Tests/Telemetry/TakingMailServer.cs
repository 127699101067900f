using System.Net;
using System.Net.Sockets;

namespace PortalServices.Acceptance.Tests.Telemetry;

/// <summary>An SMTP server that takes every mail.</summary>
internal sealed class TakingMailServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _ending = new();
    private readonly Task _running;
    private int _taken;

    public TakingMailServer()
    {
        _listener.Start();
        _running = RunAsync();
    }

    /// <summary>How many mails it has taken.</summary>
    public int Taken => Volatile.Read(ref _taken);

    /// <summary>The settings of a service that sends to it; no operator is told.</summary>
    public IReadOnlyDictionary<string, string> Settings =>
        new Dictionary<string, string>
        {
            ["Mail:Host"] = "127.0.0.1",
            ["Mail:Port"] = $"{((IPEndPoint)_listener.LocalEndpoint).Port}",
            ["Mail:Security"] = "None",
            ["Mail:From"] = "gopy@portal.example",
            ["Mail:PollEvery"] = "00:00:00.100",
        };

    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync();
        _listener.Stop();
        await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _ending.Dispose();
        _listener.Dispose();
    }

    private async Task RunAsync()
    {
        while (true)
        {
            using var client = await _listener.AcceptTcpClientAsync(_ending.Token);
            using var reader = new StreamReader(client.GetStream());
            await using var writer = new StreamWriter(client.GetStream()) { NewLine = "\r\n", AutoFlush = true };
            await writer.WriteLineAsync("220 mail.portal.example ESMTP");
            var isData = false;
            while (await reader.ReadLineAsync(_ending.Token) is { } line)
            {
                if (isData && line != ".")
                {
                    continue;
                }
                _taken += isData ? 1 : 0;
                isData = !isData && line == "DATA";
                await writer.WriteLineAsync(
                    isData ? "354 go on"
                    : line == "QUIT" ? "221 bye"
                    : "250 ok"
                );
            }
        }
    }
}
