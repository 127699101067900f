using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace PortalServices.Feedback.Tests.Fixtures;

/// <summary>
/// An SMTP server that repeats each recipient in its reply, and breaks off before it takes a mail to one of them.
/// </summary>
internal sealed class BreakingMailServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _ending = new();
    private readonly string _breaksAt;
    private readonly Task _running;

    public BreakingMailServer(string breaksAt)
    {
        _breaksAt = breaksAt;
        _listener.Start();
        _running = RunAsync();
    }

    /// <summary>The recipients of the mails that were taken.</summary>
    public ConcurrentQueue<string> Taken { get; } = new();

    /// <summary>The settings of a service that sends to it; no operator is told.</summary>
    public string[] Settings =>
        [
            "--Mail:Host=127.0.0.1",
            $"--Mail:Port={((IPEndPoint)_listener.LocalEndpoint).Port}",
            "--Mail:Security=None",
            "--Mail:From=gopy@portal.example",
            "--Mail:PollEvery=00:00:00.020",
            "--Mail:RetryAfter=00:00:00.050",
            "--Mail:LongestRetry=00:00:00.200",
        ];

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
            try
            {
                await TalkAsync(client);
            }
            catch (IOException)
            {
                // The client went away.
            }
        }
    }

    private async Task TalkAsync(TcpClient client)
    {
        using var reader = new StreamReader(client.GetStream());
        await using var writer = new StreamWriter(client.GetStream()) { NewLine = "\r\n", AutoFlush = true };
        await writer.WriteLineAsync("220 mail.portal.example ESMTP");
        var (to, isData) = ("", false);
        while (await reader.ReadLineAsync(_ending.Token) is { } line)
        {
            if (isData)
            {
                if (line != ".")
                {
                    continue;
                }
                isData = false;
                Taken.Enqueue(to);
                await writer.WriteLineAsync("250 2.0.0 taken");
            }
            else if (line.StartsWith("RCPT TO:", StringComparison.OrdinalIgnoreCase))
            {
                to = line[(line.IndexOf('<') + 1)..line.IndexOf('>')];
                await writer.WriteLineAsync($"250 2.1.5 <{to}>... Recipient ok");
            }
            else if (line.StartsWith("DATA", StringComparison.OrdinalIgnoreCase))
            {
                if (to == _breaksAt)
                {
                    return;
                }
                isData = true;
                await writer.WriteLineAsync("354 go on");
            }
            else
            {
                await writer.WriteLineAsync(
                    line.StartsWith("QUIT", StringComparison.OrdinalIgnoreCase) ? "221 bye" : "250 ok"
                );
            }
        }
    }
}
