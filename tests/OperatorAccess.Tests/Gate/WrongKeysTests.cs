using System.Diagnostics.Metrics;
using System.Globalization;
using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using PortalServices.OperatorAccess.Gate;
using PortalServices.ServiceDefaults.Doors;
using PortalServices.Testing;

namespace PortalServices.OperatorAccess.Tests.Gate;

/// <summary>Somebody who tries keys is counted, and is seen in the log, which they cannot fill.</summary>
public sealed class WrongKeysTests : IDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly Journal _journal = new();

    private static readonly string[] Logged =
    [
        "--Logging:LogLevel:PortalServices=Information",
        "--Logging:Console:LogLevel:Default=None",
    ];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _journal.Dispose();

    [Fact]
    public async Task Wrong_keys_at_the_gate_are_logged_once_a_minute_with_their_number_and_never_the_key()
    {
        await using var app = await StartAsync();
        var (counted, factory) = (0L, app.Services.GetRequiredService<IMeterFactory>());
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, each) =>
        {
            if (instrument.Name == "portal.operators.wrong_keys" && instrument.Meter.Scope == factory)
            {
                each.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<long>((_, measurement, _, _) => Interlocked.Add(ref counted, measurement));
        listener.Start();
        for (var tries = 0; tries < 150; tries++)
        {
            await TryAsync(app, tries % 2 == 0 ? OperatorKey.NewKey() : "ps_guess");
        }
        Assert.Equal(150, counted);
        Assert.Equal("A wrong operator key from 127.0.0.1; more of them are logged once a minute", Lines()[0]);

        await MinutesAsync(() => More().Sum() >= 149);
        Assert.Equal(149, More().Sum());
        // The first minute may end while keys come in, because the process begins it.
        Assert.InRange(More().Length, 1, 2);
        Assert.All(_journal.Entries, entry => Assert.DoesNotContain("ps_", entry.Text, StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_was_not_logged_yet_is_when_the_process_ends()
    {
        var app = await StartAsync();
        await TryAsync(app, "ps_guess");
        await TryAsync(app, "ps_guess");
        await app.DisposeAsync();
        Assert.Equal("1 more wrong operator keys from 127.0.0.1", Lines()[^1]);
    }

    [Fact]
    public async Task No_key_and_a_good_key_are_no_wrong_ones()
    {
        var good = OperatorKey.NewKey();
        await using var app = await StartAsync($"--Operators:Keys:0:Hash={OperatorKey.HashOf(good)}");
        Assert.Equal(401, await TryAsync(app, null));
        Assert.Equal(404, await TryAsync(app, good));
        Assert.Empty(Lines());
    }

    [Fact]
    public void An_address_that_is_silent_for_a_minute_is_forgotten_and_the_table_is_bounded()
    {
        // Not in a process, whose own minute may end between two lines.
        using var services = new ServiceCollection()
            .AddMetrics()
            .AddLogging(logging => logging.AddProvider(_journal))
            .AddSingleton<WrongKeys>()
            .BuildServiceProvider();
        var wrong = services.GetRequiredService<WrongKeys>();
        for (var i = 0; i < WrongKeys.MaxAddresses + 500; i++)
        {
            wrong.Count(IPAddress.Parse(string.Create(CultureInfo.InvariantCulture, $"10.0.{i / 250}.{i % 250}")));
        }
        Assert.Equal(WrongKeys.MaxAddresses + 1, Lines().Length);
        Assert.Equal("A wrong operator key from further addresses; more of them are logged once a minute", Lines()[^1]);
        wrong.LogCounts();
        Assert.Equal("499 more wrong operator keys from further addresses", Lines()[^1]);
        Assert.Equal(WrongKeys.MaxAddresses + 2, Lines().Length);

        // Since the last time.
        wrong.Count(IPAddress.Parse("10.9.9.9"));
        wrong.LogCounts();
        Assert.Equal("1 more wrong operator keys from further addresses", Lines()[^1]);

        // Those that came once are forgotten: there is room for another.
        wrong.Count(IPAddress.Parse("10.9.9.9"));
        Assert.Equal("A wrong operator key from 10.9.9.9; more of them are logged once a minute", Lines()[^1]);
    }

    [Theory]
    [InlineData("203.0.113.7", "203.0.113.7")]
    [InlineData("::ffff:203.0.113.7", "203.0.113.7")]
    [InlineData("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64")]
    [InlineData("2001:db8:1:2::1", "2001:db8:1:2::/64")]
    [InlineData("fe80::1%3", "fe80::/64")]
    public void An_address_of_IPv6_is_its_network(string address, string name) =>
        Assert.Equal(name, WrongKeys.NameOf(IPAddress.Parse(address)));

    private int[] More() =>
        [
            .. Lines()
                .Skip(1)
                .Select(line =>
                    int.Parse(
                        line[..line.IndexOf(" more wrong operator keys from 127.0.0.1", StringComparison.Ordinal)],
                        CultureInfo.InvariantCulture
                    )
                ),
        ];

    private string[] Lines() =>
        [.. _journal.Entries.Where(entry => entry.Category == typeof(WrongKeys).FullName).Select(entry => entry.Text)];

    private Task MinutesAsync(Func<bool> until) =>
        Eventually.HoldsAsync(
            () =>
            {
                _time.Advance(TimeSpan.FromSeconds(20));
                return until();
            },
            "it is logged",
            Cancel
        );

    private static async Task<int> TryAsync(TestApp app, string? key)
    {
        using var reply = await app.GetAsync(
            Door.Operators,
            "/api/operator/anything",
            key is null ? [] : [("Authorization", $"Bearer {key}")]
        );
        return (int)reply.StatusCode;
    }

    private Task<TestApp> StartAsync(params string[] hash) =>
        TestApp.StartAsync(
            builder =>
            {
                builder.Services.Replace(ServiceDescriptor.Singleton<TimeProvider>(_time));
                builder.Logging.AddProvider(_journal);
                builder.AddOperatorAccess();
            },
            app => app.UseOperatorAccess(),
            hash is []
                ? Logged
                :
                [
                    .. Logged,
                    .. hash,
                    "--Operators:Keys:0:Name=good",
                    "--Operators:Keys:0:Scopes:0=admin",
                    "--Operators:Keys:0:Sites:0=*",
                ]
        );
}
