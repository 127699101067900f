using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace PortalServices.ServiceDefaults.Tests.Hosting;

public sealed class StartProgressTests
{
    [Fact]
    public void A_step_that_takes_long_is_told_every_five_seconds_until_it_ends()
    {
        using var journal = new Journal();
        using var loggers = LoggerFactory.Create(logging => logging.AddProvider(journal));
        var time = new FakeTimeProvider();
        var progress = new StartProgress(time, loggers.CreateLogger<StartProgress>());
        progress.Begin("doing nothing").Dispose();
        var step = progress.Begin("reading the store");
        time.Advance(TimeSpan.FromSeconds(4));
        Assert.Empty(journal.Entries);
        time.Advance(TimeSpan.FromSeconds(1));
        time.Advance(TimeSpan.FromSeconds(5));
        step.Dispose();
        time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(
            ["Still reading the store, for 5 s", "Still reading the store, for 10 s"],
            journal.Entries.Select(entry => entry.Text)
        );
    }
}
