using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace PortalServices.Messaging.Broker;

/// <summary>An open connection with a channel that has been answered.</summary>
internal readonly record struct BrokerConnection(IConnection Connection, IChannel Channel);

/// <summary>Awaited by the bus before it opens a connection of its own.</summary>
internal delegate Task BrokerGate(ConnectionFactory factory);

/// <summary>
/// Logs in at the broker. The bus takes a refused login for final: its consumers would never come back. So it is let
/// through only after a login has succeeded.
/// </summary>
internal sealed class BrokerLogin(BrokerState state, IHostApplicationLifetime lifetime, TimeProvider time)
{
    /// <summary>
    /// Between logins; the last of them is what everything waits for at most after the broker accepts it again.
    /// </summary>
    public static readonly Backoff Waits = new(TimeSpan.FromSeconds(0.5), TimeSpan.FromSeconds(4));

    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);

    /// <summary>Ends when a login succeeds, or with the process.</summary>
    public async Task WaitAsync(ConnectionFactory factory)
    {
        var stopping = lifetime.ApplicationStopping;
        for (var failures = 1; !stopping.IsCancellationRequested; failures++)
        {
            if (await TryOpenAsync(factory, "login", stopping) is { } login)
            {
                await login.Connection.DisposeAsync();
                return;
            }

            await Task.Delay(Waits.After(failures), time, stopping)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>
    /// Opens a connection with a channel; null where the broker does not let it in, which is noted. The client does not
    /// wait for what the broker says to the virtual host; only the channel tells.
    /// </summary>
    public async Task<BrokerConnection?> TryOpenAsync(
        ConnectionFactory factory,
        string name,
        CancellationToken stopping,
        bool reports = true
    )
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        timeout.CancelAfter(Timeout);
        IConnection? connection = null;
        try
        {
            connection = await factory.CreateConnectionAsync([factory.HostName], $"portal {name}", timeout.Token);
            var channel = await connection.CreateChannelAsync(cancellationToken: timeout.Token);
            if (reports)
            {
                state.Accepts();
            }
            return new BrokerConnection(connection, channel);
        }
#pragma warning disable CA1031 // The client tells of a broker that is away, or refuses, by many kinds of exceptions.
        catch (Exception refusal)
#pragma warning restore CA1031
        {
            if (reports && !stopping.IsCancellationRequested)
            {
                state.Refuses(ReasonOf(refusal));
            }
            if (connection is not null)
            {
                await connection.DisposeAsync();
            }
            return null;
        }
    }

    /// <summary>
    /// Whether the broker said no, as opposed to not being there: 403 ACCESS_REFUSED, 530 NOT_ALLOWED
    /// (https://www.rabbitmq.com/amqp-0-9-1-reference#constants).
    /// </summary>
    public static bool IsRefusal(Exception failure) =>
        Causes(failure)
            .Any(each =>
                each
                    is AuthenticationFailureException
                        or PossibleAuthenticationFailureException
                        or OperationInterruptedException { ShutdownReason.ReplyCode: 403 or 530 }
            );

    /// <summary>Does something on a channel; false where the broker refuses it with this code.</summary>
    public static async Task<bool> TryAsync(Func<Task> work, ushort refusal)
    {
        try
        {
            await work();
            return true;
        }
        catch (OperationInterruptedException refused) when (refused.ShutdownReason?.ReplyCode == refusal)
        {
            return false;
        }
    }

    /// <summary>
    /// What is wrong, in one line. What the broker says holds names of users and virtual hosts, and no password.
    /// </summary>
    public static string ReasonOf(Exception failure) =>
        Causes(failure).LastOrDefault() switch
        {
            OperationInterruptedException { ShutdownReason.ReplyText: { } text } =>
                $"The broker refuses this service ({text})",
            AuthenticationFailureException or PossibleAuthenticationFailureException =>
                "The broker refuses the login (user name or password)",
            OperationCanceledException => "The broker does not answer",
            { } cause => $"The broker cannot be reached ({cause.Message})",
            null => "The broker cannot be reached",
        };

    private static IEnumerable<Exception> Causes(Exception failure)
    {
        for (
            var each = failure;
            each is not null;
            each = each is AggregateException { InnerExceptions: [.., var last] } ? last : each.InnerException
        )
        {
            yield return each;
        }
    }
}
