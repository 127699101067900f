using System.Globalization;

namespace PortalServices.Counting.ReportStoreLoss;

/// <summary>
/// <c>--note-restored INSTANT</c>: the store was put back from the backup of that instant; every ledger reports a loss
/// until an operator acknowledges it. Run once, after the store is back and before counting processes start.
/// </summary>
internal sealed class NoteRestoredCommand(IServiceProvider services, TimeProvider time) : IHostCommand
{
    public string Switch => CountingSetup.NoteRestoredSwitch;

    public bool TakesArguments => true;

    public bool NeedsValidSettings => true;

    public async Task<int> RunAsync(string[] args, CancellationToken ct)
    {
        if (
            args is not [_, var instant]
            || !DateTimeOffset.TryParse(
                instant,
                CultureInfo.InvariantCulture,
                DateTimeStyles.AssumeUniversal,
                out var backup
            )
            || !RestoredStore.IsInstant(backup, time)
        )
        {
            throw new StartupException(
                $"{Switch}: name the instant of the backup, for example {Switch} 2026-11-30T02:00:00Z"
            );
        }

        foreach (var line in await services.GetRequiredService<RestoredStore>().NoteAsync([], backup))
        {
            Console.WriteLine(line);
        }

        return 0;
    }
}
