using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using PortalServices.Messaging.Broker;
using PortalServices.Messaging.Tests.Fixtures;
using PortalServices.Testing;

namespace PortalServices.Messaging.Tests;

/// <summary>The broker lets a process in, and not everywhere or not always.</summary>
public sealed class BrokerRightsTests(Servers servers)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_the_bus_takes_for_final_is_started_anew(bool isLogin)
    {
        // As if a login had just succeeded; or its user may do nothing once he is in.
        var account = isLogin ? await Account.NewAsync(password: false) : await Account.NewAsync(rights: "");
        using var wiring = await Wiring.ServicesAsync(servers, account.Address);
        using var journal = new Journal();
        await using var app = await NoteApp.StartAloneAsync(
            wiring,
            builder =>
            {
                builder.Logging.AddProvider(journal);
                builder.Services.Replace(ServiceDescriptor.Singleton<BrokerGate>(_ => Task.CompletedTask));
            },
            time: new FastTime(),
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
            Account.Patience
        );

        await account.EverythingFlowsOnceLetInAsync(app);
    }

    [Fact]
    public async Task Rights_on_the_product_s_own_names_are_enough()
    {
        const string Own = @"^(portal|tests)\.";
        var account = await Account.NewAsync(rights: Own);
        using var wiring = await Wiring.ServicesAsync(servers, account.Address);
        await using var app = await NoteApp.StartAsync(wiring);
        await FlowsAsync(app, "flows");
        await IsWellAsync(app);

        // It may not publish to nowhere, and keeps its connection all the same: another one would not be let in.
        await account.Broker.ControlAsync("set_user_limits", account.User, """{"max-connections": 0}""");
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
        var account = await Account.NewAsync();
        using var wiring = await Wiring.ServicesAsync(servers, account.Address);
        await using var app = await NoteApp.StartAsync(wiring);
        await FlowsAsync(app, "before");
        await IsWellAsync(app);

        // No further connection is let in.
        await account.Broker.ControlAsync("set_user_limits", account.User, """{"max-connections": 0}""");
        var work = new BackgroundWork(app.Get<IServiceProvider>());
        for (var times = 0; times < 3; times++)
        {
            await work.FailingAsync();
        }
        Assert.Equal("healthy", await app.CheckAsync("brokerConnection"));
        await FlowsAsync(app, "after");
    }

    private static async Task FlowsAsync(NoteApp app, string text)
    {
        await app.WriteAsync(text);
        await Eventually.HoldsAsync(
            () => app.Readers.First.Texts.Contains(text) && app.Readers.Second.Texts.Contains(text),
            "it arrives",
            Cancel
        );
    }

    private static Task IsWellAsync(NoteApp app) =>
        Eventually.HoldsAsync(async () => await app.CheckAsync("brokerConnection") == "healthy", "it is well", Cancel);
}
