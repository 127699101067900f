using PortalServices.Testing.Shapes;

namespace PortalServices.UpgradeFixtures;

/// <summary>Records a data folder.</summary>
internal sealed class StandaloneRecorder : Recorder
{
    private readonly StandaloneShape _shape;

    private StandaloneRecorder(ShiftedClock clock, string folder)
        : base(clock, folder) => _shape = StandaloneShape.Prepare(Settings(Path.Combine(folder, "seeds"), clock));

    protected override IPortalShape Shape => _shape;

    protected override string OperatorKey => File.ReadAllText(Path.Combine(_shape.Data, "operator.key")).Trim();

    /// <summary>Fills a folder.</summary>
    /// <param name="folder">It holds the seeds already.</param>
    /// <param name="killed">Whether the process is killed in the end, so that what it kept must be recovered from its
    /// logs.</param>
    public static async Task RecordAsync(string folder, bool killed)
    {
        using var clock = await ShiftedClock.BuildAsync();
        await using var recorder = new StandaloneRecorder(clock, folder);
        await recorder.LiveAsync();

        // From here on nobody is written to, and the outbox is looked into once a minute: what is written after that
        // stays there.
        await recorder.StopAsync();
        clock.Set("Mail__Host", "");
        clock.Set("Messaging__PollEvery", "00:01:00");
        await recorder.StartAsync();
        await recorder.Use!.LeaveEventsAsync();
        var reads = await recorder.ReadAsync();
        await using (var content = await recorder.Shape.ConnectToContentAsync())
        await using (var feedback = await recorder.Shape.ConnectToFeedbackAsync())
        {
            if (await WaitingAsync(content) == 0 || await WaitingAsync(feedback) == 0)
            {
                throw new InvalidOperationException("The events have left before they were to be kept.");
            }
        }

        recorder.Fixture(FixtureShape.Standalone, reads).Write(folder);
        if (killed)
        {
            await recorder._shape.KillAsync();
        }
        else
        {
            await recorder.StopAsync();
        }
        Folders.Copy(recorder._shape.Data, Path.Combine(folder, "data"));
    }

    protected override Task StartAsync() => _shape.StartAsync();

    protected override async Task StopAsync()
    {
        if ((await _shape.TerminateAsync()).Any(code => code != 0))
        {
            throw new InvalidOperationException("It did not end well.");
        }
    }

    public override ValueTask DisposeAsync() => _shape.DisposeAsync();
}
