using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using PortalServices.Messaging.Broker;

namespace PortalServices.Messaging.Tests;

/// <summary>However the broker behaves, the log has one line a minute of it.</summary>
public sealed class BrokerStateTests
{
    [Fact]
    public void What_is_wrong_is_told_once_a_minute_even_if_it_comes_and_goes()
    {
        var time = new FakeTimeProvider();
        using var journal = new Journal();
        using var factory = LoggerFactory.Create(logs => logs.AddProvider(journal));
        var state = new BrokerState(time, factory.CreateLogger<BrokerState>());
        for (var times = 0; times < 100; times++)
        {
            state.Blocks("It is blocked");
            state.Blocks(null);
        }

        Assert.Equal(
            ["It is blocked: events wait", "The broker takes events again"],
            journal.Entries.Select(each => each.Text)
        );
        state.Refuses("It refuses");
        time.Advance(TimeSpan.FromSeconds(59));
        state.Refuses("It refuses");
        Assert.Equal(2, journal.Entries.Count);
        Assert.Equal("It refuses", state.Trouble);
        time.Advance(TimeSpan.FromSeconds(1));
        state.Refuses("It refuses");
        Assert.Equal("It refuses: events wait", journal.Entries.Last().Text);
    }
}
