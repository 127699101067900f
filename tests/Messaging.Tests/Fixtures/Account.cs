using System.Security.Cryptography;
using System.Text;
using PortalServices.Testing;
using PortalServices.Testing.Processes;

namespace PortalServices.Messaging.Tests.Fixtures;

/// <summary>A user of the broker with a virtual host, who may not be let in.</summary>
internal sealed record Account(RabbitMqBroker Broker, string User, string Password, string Host)
{
    private const string Everything = ".*";

    /// <summary>Ten times what is promised: 30 seconds.</summary>
    public static TimeSpan Patience => TimeSpan.FromSeconds(300);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public Uri Address => new($"amqp://{User}:{Password}@{Broker.Address}/{Host}");

    /// <summary>Makes one at the broker that tests share: it has users and virtual hosts for all of them.</summary>
    /// <param name="password">Whether its password is right.</param>
    /// <param name="host">Whether there is the virtual host.</param>
    /// <param name="rights">What it may do in it, as a pattern of names; null for not even getting in.</param>
    public static async Task<Account> NewAsync(bool password = true, bool host = true, string? rights = Everything)
    {
        var name = $"{Guid.NewGuid():N}";
        var account = new Account(await RabbitMqBroker.SharedAsync(), $"user-{name}", $"secret-{name}", $"host-{name}");
        await account.ImportAsync(password ? account.Password : "another", host, host ? rights : null);
        return account;
    }

    /// <summary>Whatever was missing is there.</summary>
    public Task LetInAsync() => ImportAsync(Password, host: true, Everything);

    /// <summary>Lets it in, and waits until what waited and what is new has arrived.</summary>
    public async Task EverythingFlowsOnceLetInAsync(NoteApp app)
    {
        await LetInAsync();
        await Eventually.HoldsAsync(
            async () =>
                await app.CheckAsync("broker") == "healthy" && await app.CheckAsync("brokerConnection") == "healthy",
            "it is well",
            Cancel,
            Patience
        );
        // The first one had no queues to wait in, and goes to those that are there first.
        await app.WriteAsync("flows");
        await Eventually.HoldsAsync(
            () =>
                app.Readers.First.Texts.Contains("flows")
                && app.Readers.Second.Texts.Contains("flows")
                && app.Readers.First.Texts.Concat(app.Readers.Second.Texts).Contains("waits"),
            "both arrive",
            Cancel,
            Patience
        );
    }

    private Task ImportAsync(string password, bool host, string? rights) =>
        Broker.ImportAsync(
            new
            {
                users = new[]
                {
                    new
                    {
                        name = User,
                        password_hash = HashOf(password),
                        hashing_algorithm = "rabbit_password_hashing_sha256",
                        tags = "",
                    },
                },
                vhosts = host ? new[] { new { name = Host } } : [],
                permissions = rights is null
                    ? []
                    : new[]
                    {
                        new
                        {
                            vhost = Host,
                            user = User,
                            configure = rights,
                            write = rights,
                            read = rights,
                        },
                    },
            }
        );

    /// <summary>Salt and hash, as the broker keeps them (https://www.rabbitmq.com/docs/passwords).</summary>
    private static string HashOf(string password)
    {
        var salt = RandomNumberGenerator.GetBytes(4);
        return Convert.ToBase64String([.. salt, .. SHA256.HashData([.. salt, .. Encoding.UTF8.GetBytes(password)])]);
    }
}
