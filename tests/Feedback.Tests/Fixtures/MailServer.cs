using System.Buffers;
using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using MimeKit;
using PortalServices.Testing;
using PortalServices.Testing.Processes;
using SmtpServer;
using SmtpServer.Authentication;
using SmtpServer.ComponentModel;
using SmtpServer.Mail;
using SmtpServer.Protocol;
using SmtpServer.Storage;

namespace PortalServices.Feedback.Tests.Fixtures;

/// <summary>A mail that the server took, or was offered.</summary>
public sealed record OfferedMail(MimeMessage Message, IReadOnlyList<string> To)
{
    public string Text => Message.TextBody ?? "";
}

/// <summary>
/// A real SMTP server in the test's process, on a port of its own, that may be away, refuse, or hang.
/// </summary>
public sealed class MailServer : IAsyncDisposable
{
    private readonly int _port = Ports.Free();
    private CancellationTokenSource? _running;
    private Task _end = Task.CompletedTask;

    /// <summary>What was taken.</summary>
    public ConcurrentQueue<OfferedMail> Taken { get; } = new();

    /// <summary>What is said to a mail that was sent to its end; null to take it. It may wait.</summary>
    public Func<OfferedMail, Task<SmtpResponse?>> Reply { get; set; } = _ => Task.FromResult<SmtpResponse?>(null);

    /// <summary>The recipients that are refused for good.</summary>
    public ConcurrentDictionary<string, bool> Unknown { get; } = new();

    /// <summary>The account that must log in; null for none.</summary>
    public (string User, string Password)? Account { get; set; }

    /// <summary>
    /// The settings of a service that sends to it, from gopy@portal.example, and tells <c>can.bo@portal.example</c>.
    /// </summary>
    public string[] Settings =>
        [
            "--Mail:Host=127.0.0.1",
            $"--Mail:Port={_port}",
            "--Mail:Security=None",
            "--Mail:From=gopy@portal.example",
            "--Mail:PollEvery=00:00:00.020",
            "--Mail:RetryAfter=00:00:00.050",
            "--Mail:LongestRetry=00:00:00.200",
            "--Mail:Operators:0:Address=can.bo@portal.example",
            "--Mail:PublicUrl=https://portal.example",
        ];

    /// <summary>Starts one.</summary>
    public static async Task<MailServer> StartAsync()
    {
        var server = new MailServer();
        await server.ComeBackAsync();
        return server;
    }

    /// <summary>Starts again, on the same port.</summary>
    public async Task ComeBackAsync()
    {
        var services = new ServiceProvider();
        services.Add(new Store(this));
        services.Add((IMailboxFilterFactory)new Filter(this));
        services.Add((IUserAuthenticatorFactory)new Authenticator(this));
        var options = new SmtpServerOptionsBuilder()
            .ServerName("mail.portal.example")
            .Endpoint(endpoint =>
            {
                endpoint.Endpoint(new IPEndPoint(IPAddress.Loopback, _port)).AllowUnsecureAuthentication();
                if (Account is not null)
                {
                    endpoint.AuthenticationRequired();
                }
            })
            .Build();
        var server = new SmtpServer.SmtpServer(options, services);
        _running = new CancellationTokenSource();
        _end = server.StartAsync(_running.Token);
        await Eventually.HoldsAsync(IsOpenAsync, "the mail server listens", CancellationToken.None);
    }

    /// <summary>Ends with every connection.</summary>
    public async Task GoAwayAsync()
    {
        if (_running is null)
        {
            return;
        }
        await _running.CancelAsync();
        await _end.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _running.Dispose();
        _running = null;
    }

    public async ValueTask DisposeAsync() => await GoAwayAsync();

    private async Task<bool> IsOpenAsync()
    {
        using var probe = new TcpClient();
        try
        {
            await probe.ConnectAsync(IPAddress.Loopback, _port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private sealed class Store(MailServer server) : MessageStore
    {
        public override async Task<SmtpResponse> SaveAsync(
            ISessionContext context,
            IMessageTransaction transaction,
            ReadOnlySequence<byte> buffer,
            CancellationToken cancellationToken
        )
        {
            using var bytes = new MemoryStream(buffer.ToArray());
            var mail = new OfferedMail(
                await MimeMessage.LoadAsync(bytes, cancellationToken),
                [.. transaction.To.Select(to => to.AsAddress())]
            );
            var reply = await server.Reply(mail);
            if (reply is null)
            {
                server.Taken.Enqueue(mail);
            }
            return reply ?? SmtpResponse.Ok;
        }
    }

    private sealed class Filter(MailServer server) : MailboxFilter, IMailboxFilterFactory
    {
        public IMailboxFilter CreateInstance(ISessionContext context) => this;

        public override Task<bool> CanDeliverToAsync(
            ISessionContext context,
            IMailbox to,
            IMailbox from,
            CancellationToken cancellationToken
        ) => Task.FromResult(!server.Unknown.ContainsKey(to.AsAddress()));
    }

    private sealed class Authenticator(MailServer server) : IUserAuthenticatorFactory, IUserAuthenticator
    {
        public IUserAuthenticator CreateInstance(ISessionContext context) => this;

        public Task<bool> AuthenticateAsync(
            ISessionContext context,
            string user,
            string password,
            CancellationToken cancellationToken
        ) => Task.FromResult(server.Account == (user, password));
    }
}
