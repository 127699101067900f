using System.Diagnostics;
using MailKit.Net.Smtp;
using MailKit.Security;
using Microsoft.Extensions.Options;
using MimeKit;
using PortalServices.Database;

namespace PortalServices.Feedback.Mail;

/// <summary>
/// Sends the mails that wait, one after the other. A mail is done only after the server has said that it took it: a
/// sender that is killed in between sends it once more, under the same Message-ID. What the server refuses for good is
/// given up at once, anything else after <see cref="MailOptions.GiveUpAfter"/>; while the server is away nothing is
/// lost and nothing counts as a try.
/// </summary>
internal sealed partial class MailSender(
    IServiceScopeFactory scopes,
    MailState state,
    IOptions<MailOptions> options,
    TimeProvider time,
    ILogger<MailSender> logger
) : IPeriodicWork
{
    private const int MaxFailure = 500,
        MaxBroken = 3;

    // Beyond the time that a mail may take: two senders never have the same mail under way.
    private static readonly TimeSpan ClaimBeyond = TimeSpan.FromSeconds(30);

    // What a process that ends waits for the mail that is under way.
    private static readonly TimeSpan LastWait = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(5);

    private readonly MailOptions _options = options.Value;

    // In a row, of mails whose connection broke while they were sent.
    private int _broken;
    private int _failures;
    private DateTimeOffset _lookedAt;

    public string Name => "sending mails";

    public Backoff Backoff => new(_options.RetryAfter, _options.LongestRetry);

    public async Task<TimeSpan> RunAsync(CancellationToken stopping)
    {
        if (!_options.IsOn)
        {
            return IPeriodicWork.Finished;
        }

        _failures = await SendDueAsync(Backoff.After(_failures + 1), stopping) ? 0 : _failures + 1;
        if (time.GetUtcNow() - _lookedAt >= LookEvery)
        {
            await LookAsync(stopping);
            _lookedAt = time.GetUtcNow();
        }

        return _failures == 0 ? _options.PollEvery : Backoff.After(_failures);
    }

    /// <summary>Sends what is due.</summary>
    /// <param name="untilNext">When the server is asked again, should it be away.</param>
    /// <param name="stopping">The process ends.</param>
    /// <returns>False when the server is away.</returns>
    private async Task<bool> SendDueAsync(TimeSpan untilNext, CancellationToken stopping)
    {
        using var client = new SmtpClient();
        while (!stopping.IsCancellationRequested)
        {
            await using var scope = scopes.CreateAsyncScope();
            var database = scope.ServiceProvider.GetRequiredService<FeedbackContext>();
            var now = time.GetUtcNow();
            // Not given up half-way: a mail that is claimed for nobody waits until its claim is over.
            if (
                await MailQueue.ClaimAsync(
                    database,
                    now.ToUnixTimeMilliseconds(),
                    (now + _options.Timeout + ClaimBeyond).ToUnixTimeMilliseconds(),
                    CancellationToken.None
                )
                is not { } mail
            )
            {
                break;
            }
            // Its parent is the request, or none: the sender itself belongs to no request.
            using var span = MailTelemetry.Source.StartActivity(
                $"{mail.Kind} mail",
                ActivityKind.Producer,
                mail.TraceParent
            );
            MimeMessage? message;
            MailOutcome? fault;
            try
            {
                (message, fault) = await TryComposeAsync(scope.ServiceProvider, mail, stopping);
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                await MailQueue.PutOffAsync(
                    database,
                    mail,
                    now.ToUnixTimeMilliseconds(),
                    mail.Failure,
                    CancellationToken.None
                );
                return true;
            }

            if (message is null && fault is null)
            {
                await EndAsync(database, mail, null, stopping);
                continue;
            }

            var outcome = fault ?? Judge(await TrySendAsync(client, message!, stopping));
            span?.SetTag("portal.mail.outcome", outcome.Kind.ToString());
            if (outcome.Kind is not (OutcomeKind.Sent or OutcomeKind.Withheld))
            {
                span?.SetStatus(ActivityStatusCode.Error);
            }
            await WriteDownAsync(database, mail, outcome, untilNext, stopping);
            if (outcome.Kind == OutcomeKind.Away)
            {
                return false;
            }
        }

        if (client.IsConnected)
        {
            await client.DisconnectAsync(true, CancellationToken.None);
        }
        return true;
    }

    /// <summary>
    /// The mail as it is sent, or why it cannot be: such a mail is put off and holds up no other. Neither for one that
    /// nobody needs any more.
    /// </summary>
    private static async Task<(MimeMessage? Message, MailOutcome? Fault)> TryComposeAsync(
        IServiceProvider services,
        WaitingMail mail,
        CancellationToken stopping
    )
    {
        try
        {
            var composer = services.GetRequiredService<MailComposer>();
            return await composer.IsBeyondLimitAsync(mail, stopping)
                ? (null, new MailOutcome(OutcomeKind.Withheld, "The address has had its receipts of this day."))
                : (await composer.ComposeAsync(mail, stopping), null);
        }
#pragma warning disable CA1031 // Whatever is wrong with one mail is not wrong with the others.
        catch (Exception failure) when (!DatabaseFailure.Is(failure) && !stopping.IsCancellationRequested)
#pragma warning restore CA1031
        {
            return (
                null,
                new MailOutcome(
                    OutcomeKind.Later,
                    $"{failure.GetType().Name}: {failure.Message}",
                    failure.GetType().Name
                )
            );
        }
    }

    /// <summary>
    /// One mail on which the server breaks off is to blame itself, and holds up no other; several in a row are not.
    /// </summary>
    private MailOutcome Judge(MailOutcome outcome)
    {
        _broken = outcome.Kind == OutcomeKind.Broken ? _broken + 1 : 0;
        return outcome.Kind != OutcomeKind.Broken
            ? outcome
            : outcome with
            {
                Kind = _broken < MaxBroken ? OutcomeKind.Later : OutcomeKind.Away,
            };
    }

    private async Task<MailOutcome> TrySendAsync(SmtpClient client, MimeMessage message, CancellationToken stopping)
    {
        using var timeout = new CancellationTokenSource(_options.Timeout, time);
        // A mail under way is not torn: whether it went could not be known then.
        await using var ending = stopping.Register(() => timeout.CancelAfter(LastWait));
        var isSending = false;
        try
        {
            if (!client.IsConnected)
            {
                await client.ConnectAsync(_options.Host!, _options.Port, Socket(_options.Security), timeout.Token);
                if (!string.IsNullOrEmpty(_options.UserName))
                {
                    await client.AuthenticateAsync(_options.UserName, _options.Password!, timeout.Token);
                }
            }

            isSending = true;
            await client.SendAsync(message, timeout.Token);
            return new(OutcomeKind.Sent);
        }
        catch (SmtpCommandException refused) when (refused.StatusCode != SmtpStatusCode.ServiceNotAvailable)
        {
            var why = $"{(int)refused.StatusCode} {refused.Message}";
            // What a server says of a recipient repeats the address more often than not.
            var logged = refused.ErrorCode == SmtpErrorCode.SenderNotAccepted ? why : SmtpReply.CodesIn(why)!;
            var isOfThisMail =
                refused.ErrorCode is SmtpErrorCode.RecipientNotAccepted or SmtpErrorCode.MessageNotAccepted;
            return !isOfThisMail ? new MailOutcome(OutcomeKind.Away, logged)
                : (int)refused.StatusCode >= 500 ? new MailOutcome(OutcomeKind.Refused, why, logged)
                : new MailOutcome(OutcomeKind.Later, why, logged);
        }
#pragma warning disable CA1031 // MailKit tells of servers that are away by many kinds of exceptions.
        catch (Exception away)
#pragma warning restore CA1031
        {
            if (!isSending)
            {
                return new MailOutcome(
                    OutcomeKind.Away,
                    away is OperationCanceledException ? "no answer in time" : away.Message
                );
            }
            // Its message ends with what the server said last, perhaps of a recipient.
            if (client.IsConnected)
            {
                await client.DisconnectAsync(quit: false, CancellationToken.None);
            }
            return new MailOutcome(
                OutcomeKind.Broken,
                away is OperationCanceledException
                    ? "no answer in time"
                    : $"the server broke off ({away.GetType().Name})"
            );
        }
    }

    private async Task WriteDownAsync(
        FeedbackContext database,
        WaitingMail mail,
        MailOutcome outcome,
        TimeSpan untilNext,
        CancellationToken stopping
    )
    {
        var tag = MailTelemetry.Kind.With(mail.Kind);
        var isTooOld =
            time.GetUtcNow() - DateTimeOffset.FromUnixTimeMilliseconds(mail.CreatedAt) >= _options.GiveUpAfter;
        if (outcome.Kind == OutcomeKind.Sent)
        {
            MailTelemetry.Sent.Add(1, tag);
            Trouble(null);
            await EndAsync(database, mail, null, stopping);
        }
        else if (outcome.Kind == OutcomeKind.Withheld)
        {
            MailTelemetry.Withheld.Add(1, tag);
            await EndAsync(database, mail, outcome.Failure, stopping);
        }
        else if (outcome.Kind == OutcomeKind.Refused || isTooOld)
        {
            MailTelemetry.GivenUp.Add(1, tag);
            LogGivenUp(mail.Kind, mail.FeedbackId, outcome.Logged);
            await EndAsync(database, mail, Short(outcome.Failure), stopping);
        }
        else
        {
            MailTelemetry.Failures.Add(1, tag);
            var isAway = outcome.Kind == OutcomeKind.Away;
            if (isAway)
            {
                Trouble(outcome.Logged);
            }
            var wait = isAway ? untilNext : Backoff.After(mail.Attempts);
            await MailQueue.PutOffAsync(
                database,
                mail,
                (time.GetUtcNow() + wait).ToUnixTimeMilliseconds(),
                Short(outcome.Failure),
                CancellationToken.None
            );
        }
    }

    /// <summary>
    /// Ends a mail, and waits for the database to do so: what is known to have gone shall not go again.
    /// </summary>
    private async Task EndAsync(FeedbackContext database, WaitingMail mail, string? failure, CancellationToken stopping)
    {
        for (var failures = 1; ; failures++)
        {
            try
            {
                await MailQueue.EndAsync(
                    database,
                    mail,
                    time.GetUtcNow().ToUnixTimeMilliseconds(),
                    failure,
                    CancellationToken.None
                );
                return;
            }
#pragma warning disable CA1031 // Whatever the database says, the mail has gone.
            catch (Exception away) when (!stopping.IsCancellationRequested)
#pragma warning restore CA1031
            {
                if (failures == 1)
                {
                    LogAway(away);
                }
                await Task.Delay(_options.PollEvery, time, stopping)
                    .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async Task LookAsync(CancellationToken cancel)
    {
        await using var scope = scopes.CreateAsyncScope();
        var (waiting, oldestAt) = await MailQueue.LookAsync(
            scope.ServiceProvider.GetRequiredService<FeedbackContext>(),
            cancel
        );
        state.Saw(waiting, oldestAt);
        var age = time.GetUtcNow().ToUnixTimeMilliseconds() - (oldestAt ?? long.MaxValue);
        MailTelemetry.Waiting.Record(waiting);
        MailTelemetry.Age.Record(Math.Max(0, age) / 1000.0);
    }

    private void Trouble(string? trouble)
    {
        if (trouble is not null && state.Trouble is null)
        {
            LogServerAway(_options.Host!, _options.Port, trouble);
        }
        else if (trouble is null && state.Trouble is not null)
        {
            LogServerBack(_options.Host!, _options.Port);
        }
        state.Trouble = trouble;
    }

    private static SecureSocketOptions Socket(MailSecurity security) =>
        security switch
        {
            MailSecurity.None => SecureSocketOptions.None,
            MailSecurity.Tls => SecureSocketOptions.SslOnConnect,
            MailSecurity.StartTlsWhenOffered => SecureSocketOptions.StartTlsWhenAvailable,
            _ => SecureSocketOptions.StartTls,
        };

    private static string Short(string text) => ShortText.Of(text, MaxFailure);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Mails wait: the database does not take that one was sent")]
    private partial void LogAway(Exception failure);

    [LoggerMessage(Level = LogLevel.Error, Message = "Mails wait: the mail server {Host}:{Port} cannot be used: {Why}")]
    private partial void LogServerAway(string host, int port, string why);

    [LoggerMessage(Level = LogLevel.Information, Message = "The mail server {Host}:{Port} takes mails again")]
    private partial void LogServerBack(string host, int port);

    [LoggerMessage(Level = LogLevel.Error, Message = "The mail {Kind} of feedback {Feedback} is given up: {Why}")]
    private partial void LogGivenUp(MailKind kind, Guid feedback, string why);

    private enum OutcomeKind
    {
        Sent,

        /// <summary>It is not to be sent.</summary>
        Withheld,

        /// <summary>This mail will never be taken.</summary>
        Refused,

        /// <summary>This mail is not taken now.</summary>
        Later,

        /// <summary>The server broke off while it was sent.</summary>
        Broken,

        /// <summary>No mail is taken now.</summary>
        Away,
    }

    /// <summary>What became of a try.</summary>
    /// <param name="Kind">What it was.</param>
    /// <param name="Failure">Why, for those who may see the feedback; it goes when that is erased.</param>
    /// <param name="Logged">Why, without anything that names a person.</param>
    private readonly record struct MailOutcome(OutcomeKind Kind, string Failure, string Logged)
    {
        public MailOutcome(OutcomeKind kind, string why = "")
            : this(kind, why, why) { }
    }
}
