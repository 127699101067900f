using System.Data.Common;
using PortalServices.Testing;
using PortalServices.Testing.Shapes;

namespace PortalServices.UpgradeFixtures;

/// <summary>What both ways to run have in common when they are recorded.</summary>
internal abstract class Recorder : IAsyncDisposable
{
    private static readonly int[] Days = [-40, -9, -1, 0];

    private readonly DateTimeOffset _since = TimeProvider.System.GetUtcNow().AddDays(Days[0] - 1);

    protected Recorder(ShiftedClock clock, string folder) => (Clock, Folder) = (clock, folder);

    protected ShiftedClock Clock { get; }

    /// <summary>Everything that is to be kept.</summary>
    protected string Folder { get; }

    protected abstract IPortalShape Shape { get; }

    protected abstract string OperatorKey { get; }

    protected PortalInUse? Use { get; private set; }

    /// <summary>Settings of tests: nobody is limited, and nobody types too fast.</summary>
    protected static PortalSettings Settings(string seeds, ShiftedClock clock) =>
        FixtureSettings.Of(seeds) with
        {
            Environment = clock.Environment,
        };

    /// <summary>Goes through the days. The last one is today, and goes on.</summary>
    protected async Task LiveAsync()
    {
        await using (var mail = RefusingMailServer.Start())
        {
            foreach (var (name, value) in mail.Settings)
            {
                Clock.Set(name, value);
            }
            await BeginDayAsync(0);
            Use = new PortalInUse(Shape, OperatorKey);
            await Use.BeginAsync();
            await EndDayAsync();
        }

        await BeginDayAsync(1);
        await Use.GoOnAsync();
        await EndDayAsync();
        await BeginDayAsync(2);
        await Use.YesterdayAsync();
        await EndDayAsync();
        await BeginDayAsync(3);
        await Use.TodayAsync();
        await QuietAsync();
    }

    protected abstract Task StartAsync();

    protected abstract Task StopAsync();

    protected Task<IReadOnlyList<RecordedRead>> ReadAsync() =>
        new ReadEverything(Shape.PublicDoor, Shape.OperatorsDoor, OperatorKey, PortalInUse.Site).RunAsync(
            PortalInUse.Pages,
            PortalInUse.Slugs,
            Use!.Receipts,
            _since,
            TimeProvider.System.GetUtcNow().AddHours(1)
        );

    /// <summary>Nothing is under way any more.</summary>
    protected async Task QuietAsync()
    {
        await using (var content = await Shape.ConnectToContentAsync())
        {
            await Eventually.HoldsAsync(
                async () => await WaitingAsync(content) == 0,
                "content's events are out",
                CancellationToken.None
            );
        }
        await using (var feedback = await Shape.ConnectToFeedbackAsync())
        {
            await Eventually.HoldsAsync(
                async () => await WaitingAsync(feedback) == 0,
                "feedback's events are out",
                CancellationToken.None
            );
        }
        await Use!.ViewsAreShownAsync();
    }

    protected static async Task<long> WaitingAsync(DbConnection database)
    {
        await using var command = database.CreateCommand();
        command.CommandText = """SELECT count(*) FROM "OutboxMessages" """;
        return Convert.ToInt64(await command.ExecuteScalarAsync(), System.Globalization.CultureInfo.InvariantCulture);
    }

    protected Fixture Fixture(FixtureShape shape, IReadOnlyList<RecordedRead> reads) =>
        new()
        {
            Shape = shape,
            RecordedAt = TimeProvider.System.GetUtcNow(),
            Site = PortalInUse.Site,
            OperatorKey = OperatorKey,
            Reads = reads,
            Unfinished = Use!.Unfinished,
        };

    public abstract ValueTask DisposeAsync();

    private async Task BeginDayAsync(int day)
    {
        Clock.Set(Days[day]);
        await StartAsync();
        foreach (var path in (string[])["stats", "articles", "feedback"])
        {
            await Eventually.HoldsAsync(
                async () =>
                    (int)
                        (
                            await Shape.PublicDoor.GetAsync(
                                $"/api/sites/{PortalInUse.Site}/{path}",
                                CancellationToken.None
                            )
                        ).Status == 200,
                $"{path} is there",
                CancellationToken.None
            );
        }
    }

    private async Task EndDayAsync()
    {
        await QuietAsync();
        await StopAsync();
    }
}
