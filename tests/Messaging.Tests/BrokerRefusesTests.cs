using System.Diagnostics;
using Microsoft.Extensions.Logging;
using PortalServices.Messaging.Tests.Fixtures;
using PortalServices.Testing;

namespace PortalServices.Messaging.Tests;

/// <summary>The broker is there and does not let a process in.</summary>
public sealed class BrokerRefusesTests(Servers servers)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory, Rows]
    [UsualRow("password", "ACCESS_REFUSED|user name or password")]
    [LongRow("virtual host", "NOT_ALLOWED")]
    [LongRow("access to the virtual host", "NOT_ALLOWED")]
    public async Task A_login_refused_at_the_start_is_reported_once_and_only_delays_events(string what, string reason)
    {
        var account = what switch
        {
            "password" => await Account.NewAsync(password: false),
            "virtual host" => await Account.NewAsync(host: false),
            _ => await Account.NewAsync(rights: null),
        };
        using var journal = new Journal();
        using var wiring = await Wiring.ServicesAsync(servers, account.Address);
        var elapsed = Stopwatch.StartNew();
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
        await account.EverythingFlowsOnceLetInAsync(app);
        // Once, and once more in each minute that it lasts.
        var most = 1 + (int)elapsed.Elapsed.TotalMinutes;
        Assert.InRange(RefusalsIn(journal).Length, 1, most);
        // Beside it there is one line of the outbox, whatever waits in it.
        Assert.InRange(
            journal.Entries.Count(each =>
                each.Level >= LogLevel.Warning && each.Category.StartsWith("PortalServices.", StringComparison.Ordinal)
            ),
            1,
            most + 1
        );
    }

    [Fact]
    public async Task A_password_that_is_changed_while_the_process_runs_stops_nothing_for_good()
    {
        var account = await Account.NewAsync();
        using var wiring = await Wiring.ServicesAsync(servers, account.Address);
        await using var app = await NoteApp.StartAsync(wiring);
        await app.WriteAsync("before");
        await Eventually.HoldsAsync(() => app.Readers.First.Texts.Contains("before"), "it arrives", Cancel);

        await account.Broker.ControlAsync("change_password", account.User, "another");
        await account.Broker.ControlAsync("close_all_connections", "-p", account.Host, "operator");
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
            Account.Patience
        );
    }

    [Fact]
    public async Task A_process_ends_promptly_while_the_broker_refuses_it()
    {
        var account = await Account.NewAsync(password: false);
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
}
