using System.Net;
using PortalServices.Testing.Processes;
using SmtpServer;
using SmtpServer.ComponentModel;
using SmtpServer.Mail;
using SmtpServer.Storage;

namespace PortalServices.UpgradeFixtures;

/// <summary>
/// A mail server that knows everybody but <c>khong-co@example.vn</c>; gone, it leaves its port to nobody.
/// </summary>
internal sealed class RefusingMailServer : MailboxFilter, IMailboxFilterFactory, IAsyncDisposable
{
    private readonly CancellationTokenSource _running = new();
    private readonly int _port = Ports.Free();
    private Task _end = Task.CompletedTask;

    /// <summary>The settings of those who send to it.</summary>
    public IEnumerable<(string Name, string Value)> Settings =>
        [
            ("Mail__Host", "127.0.0.1"),
            ("Mail__Port", $"{_port}"),
            ("Mail__Security", "None"),
            ("Mail__From", "gopy@portal.example"),
            ("Mail__Operators__0__Address", "can.bo@portal.example"),
            ("Mail__PublicUrl", "https://portal.example"),
            ("Mail__PollEvery", "00:00:00.100"),
        ];

    public static RefusingMailServer Start()
    {
        var server = new RefusingMailServer();
        var services = new ServiceProvider();
        services.Add((IMailboxFilterFactory)server);
        var options = new SmtpServerOptionsBuilder()
            .ServerName("mail.portal.example")
            .Endpoint(endpoint => endpoint.Endpoint(new IPEndPoint(IPAddress.Loopback, server._port)))
            .Build();
        server._end = new SmtpServer.SmtpServer(options, services).StartAsync(server._running.Token);
        return server;
    }

    public IMailboxFilter CreateInstance(ISessionContext context) => this;

    public override Task<bool> CanDeliverToAsync(
        ISessionContext context,
        IMailbox to,
        IMailbox from,
        CancellationToken cancellationToken
    ) => Task.FromResult(to.User != "khong-co");

    public async ValueTask DisposeAsync()
    {
        await _running.CancelAsync();
        await _end.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _running.Dispose();
    }
}
