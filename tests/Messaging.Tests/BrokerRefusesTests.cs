using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using PortalServices.Messaging.Broker;
using PortalServices.Messaging.Tests.Fixtures;
using PortalServices.Testing;
using PortalServices.Testing.Processes;

namespace PortalServices.Messaging.Tests;

/// <summary>The broker is there and says no: to a login, to a right, or to everything that is published.</summary>
public sealed class BrokerRefusesTests(Servers servers, BrokerRefusesTests.Own own)
    : IClassFixture<BrokerRefusesTests.Own>
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    // Ten times what is promised: 30 seconds.
    private static TimeSpan Patience => TimeSpan.FromSeconds(300);

    [Theory]
    [InlineData("password", "ACCESS_REFUSED|user name or password")]
    [InlineData("virtual host", "NOT_ALLOWED")]
    [InlineData("access to the virtual host", "NOT_ALLOWED")]
    public async Task A_login_refused_at_the_start_is_reported_once_and_only_delays_events(string what, string reason)
    {
        var account = await Account.NewAsync(
            own.Server.Broker,
            password: what != "password",
            host: what != "virtual host",
            rights: what == "password"
        );
        using var journal = new Journal();
        using var wiring = await Wiring.ServicesAsync(servers, account.Address);
        await using var app = await NoteApp.StartAloneAsync(
            wiring,
            builder => builder.Logging.AddProvider(journal),
            settings: ["--Logging:LogLevel:PortalServices=Information"]
        );
        for (var times = 0; times < 5; times++)
        {
            await app.WriteAsync("waits");
        }

        await RefusalIsReportedAsync(app, journal, reason);
        AssertNotLogged(account.Password, journal);
        await EverythingFlowsOnceAcceptedAsync(app, account);
        Assert.Single(RefusalsIn(journal));
        // Beside it there is one line of the outbox, whatever waits in it.
        Assert.InRange(
            journal.Entries.Count(each =>
                each.Level >= LogLevel.Warning && each.Category.StartsWith("PortalServices.", StringComparison.Ordinal)
            ),
            1,
            2
        );
    }

    [Fact]
    public async Task A_password_that_is_changed_while_the_process_runs_stops_nothing_for_good()
    {
        var account = await Account.NewAsync(own.Server.Broker);
        using var wiring = await Wiring.ServicesAsync(servers, account.Address);
        await using var app = await NoteApp.StartAsync(wiring);
        await app.WriteAsync("before");
        await Eventually.HoldsAsync(() => app.Readers.First.Texts.Contains("before"), "it arrives", Cancel);

        await own.Server.Broker.ControlAsync("change_password", account.User, "another");
        await own.Server.Broker.ControlAsync("close_all_connections", "-p", account.Host, "operator");
        await Eventually.HoldsAsync(
            async () => await app.CheckAsync("brokerConnection") == "degraded",
            "it is told",
            Cancel
        );
        await app.WriteAsync("meanwhile");
        await Eventually.HoldsAsync(
            async () =>
                (await app.DescriptionAsync("brokerConnection")).Contains(
                    "refuses the login",
                    StringComparison.Ordinal
                ),
            "why",
            Cancel
        );

        await account.LetInAsync();
        await Eventually.HoldsAsync(
            () => app.Readers.First.Texts.Contains("meanwhile") && app.Readers.Second.Texts.Contains("meanwhile"),
            "it arrives",
            Cancel,
            Patience
        );
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_the_bus_takes_for_final_is_started_anew(bool isLogin)
    {
        // As if a login had just succeeded; or its user may do nothing once he is in.
        var account = await Account.NewAsync(own.Server.Broker, password: !isLogin, rights: isLogin);
        if (!isLogin)
        {
            await own.Server.Broker.ControlAsync("set_permissions", "-p", account.Host, account.User, "", "", "");
        }
        using var wiring = await Wiring.ServicesAsync(servers, account.Address);
        using var journal = new Journal();
        await using var app = await NoteApp.StartAloneAsync(
            wiring,
            builder =>
            {
                builder.Logging.AddProvider(journal);
                builder.Services.Replace(ServiceDescriptor.Singleton<BrokerGate>(_ => Task.CompletedTask));
            },
            settings: ["--Logging:LogLevel:PortalServices=Information", "--Logging:LogLevel:MassTransit=Information"]
        );
        await app.WriteAsync("waits");
        await Eventually.HoldsAsync(
            () =>
                journal.Entries.Any(each =>
                    each.Text.StartsWith(
                        isLogin ? "ReceiveTransport Cannot Retry" : "The bus is started anew",
                        StringComparison.Ordinal
                    )
                ),
            "the bus has given up",
            Cancel,
            Patience
        );

        await EverythingFlowsOnceAcceptedAsync(app, account);
    }

    [Fact]
    public async Task Rights_on_the_product_s_own_names_are_enough()
    {
        const string Own = @"^(portal|tests)\.";
        var account = await Account.NewAsync(own.Server.Broker);
        await own.Server.Broker.ControlAsync("set_permissions", "-p", account.Host, account.User, Own, Own, Own);
        using var wiring = await Wiring.ServicesAsync(servers, account.Address);
        await using var app = await NoteApp.StartAsync(wiring);
        await app.WriteAsync("flows");
        await Eventually.HoldsAsync(
            () => app.Readers.First.Texts.Contains("flows") && app.Readers.Second.Texts.Contains("flows"),
            "it arrives",
            Cancel
        );
        await Eventually.HoldsAsync(
            async () => await app.CheckAsync("brokerConnection") == "healthy",
            "it is well",
            Cancel
        );

        // It may not publish to nowhere, and keeps its connection all the same: another one would not be let in.
        await own.Server.Broker.ControlAsync("set_user_limits", account.User, """{"max-connections": 0}""");
        var work = new BackgroundWork(app.Get<IServiceProvider>());
        for (var looks = 0; looks < 5; looks++)
        {
            Assert.Empty(await work.FailingAsync());
        }
        Assert.Equal("healthy", await app.CheckAsync("brokerConnection"));
    }

    [Fact]
    public async Task A_login_beside_those_that_events_need_says_nothing_of_them()
    {
        var account = await Account.NewAsync(own.Server.Broker);
        using var wiring = await Wiring.ServicesAsync(servers, account.Address);
        await using var app = await NoteApp.StartAsync(wiring);
        await app.WriteAsync("before");
        await Eventually.HoldsAsync(
            () => app.Readers.First.Texts.Contains("before") && app.Readers.Second.Texts.Contains("before"),
            "it arrives",
            Cancel
        );
        await Eventually.HoldsAsync(
            async () => await app.CheckAsync("brokerConnection") == "healthy",
            "it is well",
            Cancel
        );

        // No further connection is let in.
        await own.Server.Broker.ControlAsync("set_user_limits", account.User, """{"max-connections": 0}""");
        var work = new BackgroundWork(app.Get<IServiceProvider>());
        for (var times = 0; times < 3; times++)
        {
            await work.FailingAsync();
        }
        Assert.Equal("healthy", await app.CheckAsync("brokerConnection"));
        await app.WriteAsync("after");
        await Eventually.HoldsAsync(
            () => app.Readers.First.Texts.Contains("after") && app.Readers.Second.Texts.Contains("after"),
            "it arrives",
            Cancel
        );
    }

    [Fact]
    public async Task A_process_ends_promptly_while_the_broker_refuses_it()
    {
        var account = await Account.NewAsync(own.Server.Broker, password: false);
        using var wiring = await Wiring.ServicesAsync(servers, account.Address);
        var app = await NoteApp.StartAloneAsync(wiring);
        await Eventually.HoldsAsync(
            async () => await app.CheckAsync("brokerConnection") == "degraded",
            "it is told",
            Cancel
        );
        // Ten times what consumers are given.
        await app.DisposeAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(50), Cancel);
    }

    [Fact]
    public async Task A_broker_without_memory_is_told_and_events_wait_for_it()
    {
        using var wiring = await Wiring.ServicesAsync(servers, own.Server.Broker);
        await using var app = await NoteApp.StartAsync(wiring);
        Assert.Equal("healthy", await app.CheckAsync("brokerConnection"));
        await own.Server.Broker.ControlAsync("set_vm_memory_high_watermark", "absolute", "1MB");
        try
        {
            await Eventually.HoldsAsync(
                async () => await app.CheckAsync("brokerConnection") == "degraded",
                "it is told",
                Cancel
            );
            Assert.Equal(
                "The broker takes no events (low on memory). Events wait.",
                await app.DescriptionAsync("brokerConnection")
            );
            await app.WriteAsync("waits");
        }
        finally
        {
            await own.Server.Broker.ControlAsync("set_vm_memory_high_watermark", "absolute", "512MB");
        }

        await Eventually.HoldsAsync(
            async () => await app.CheckAsync("brokerConnection") == "healthy",
            "it is well",
            Cancel
        );
        await Eventually.HoldsAsync(() => app.Readers.First.Texts.Contains("waits"), "it arrives", Cancel);
    }

    private static async Task RefusalIsReportedAsync(NoteApp app, Journal journal, string reason)
    {
        await Eventually.HoldsAsync(
            async () => await app.CheckAsync("brokerConnection") == "degraded",
            "it is reported",
            Cancel
        );
        // Some more logins, none of which is logged again.
        await Eventually.HoldsAsync(() => RefusalsIn(journal).Length > 0, "it is logged", Cancel);
        Assert.Matches(
            $@"^The broker refuses (the login|this service) \(.*({reason}).*\)\. Events wait\.$",
            await app.DescriptionAsync("brokerConnection")
        );
    }

    private static async Task EverythingFlowsOnceAcceptedAsync(NoteApp app, Account account)
    {
        await account.LetInAsync();
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

    private static void AssertNotLogged(string secret, Journal journal) =>
        Assert.DoesNotContain(
            secret,
            string.Concat(journal.Entries.Select(each => each.Text + each.Exception)),
            StringComparison.Ordinal
        );

    private static string[] RefusalsIn(Journal journal) =>
        [
            .. journal
                .Entries.Where(each =>
                    each.Level == LogLevel.Error && each.Text.Contains("refuses", StringComparison.Ordinal)
                )
                .Select(each => each.Text),
        ];

    /// <summary>A broker whose users these tests change.</summary>
    public sealed class Own : IAsyncLifetime
    {
        public RabbitMqServer Server { get; private set; } = null!;

        public async ValueTask InitializeAsync() => Server = await RabbitMqServer.StartAsync();

        public ValueTask DisposeAsync() => Server.DisposeAsync();
    }

    /// <summary>A user of a broker with a virtual host, who may not be let in.</summary>
    private sealed record Account(RabbitMqBroker Broker, string User, string Password, string Host)
    {
        public Uri Address => new($"amqp://{User}:{Password}@{Broker.Address}/{Host}");

        public static async Task<Account> NewAsync(
            RabbitMqBroker broker,
            bool password = true,
            bool host = true,
            bool rights = true
        )
        {
            var name = $"{Guid.NewGuid():N}";
            var account = new Account(broker, $"user-{name}", $"secret-{name}", $"host-{name}");
            await broker.ControlAsync("add_user", account.User, password ? account.Password : "another");
            if (host)
            {
                await broker.ControlAsync("add_vhost", account.Host);
            }
            if (host && rights)
            {
                await account.GiveRightsAsync();
            }
            return account;
        }

        /// <summary>Whatever was missing is there.</summary>
        public async Task LetInAsync()
        {
            await Broker.ControlAsync("change_password", User, Password);
            await Broker.ControlAsync("add_vhost", Host);
            await GiveRightsAsync();
        }

        private Task GiveRightsAsync() => Broker.ControlAsync("set_permissions", "-p", Host, User, ".*", ".*", ".*");
    }
}
