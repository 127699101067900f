using PortalServices.Messaging.Outbox;

namespace PortalServices.Messaging.DeadLetters;

/// <summary>Counts the dead letters of the services of this process, for their metric.</summary>
internal sealed class DeadLetterCounts(IEnumerable<ServiceDeadLetters> stores, IEnumerable<ServiceTables> tables)
    : IPeriodicWork
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(30);

    public string Name => "counting the dead letters";

    public async Task<TimeSpan> RunAsync(CancellationToken stopping)
    {
        await PeriodicWorkSetup.ForEachAsync(
            stores,
            async store =>
            {
                await (
                    tables.FirstOrDefault(each => each.Service == store.Service)?.AreThere ?? Task.CompletedTask
                ).WaitAsync(stopping);
                var (_, total) = await store.Letters.ListAsync(null, 0, 0, stopping);
                MessagingTelemetry.WaitingDeadLetters.Record(total, MessagingTelemetry.Service.With(store.Service));
            },
            stopping
        );
        return Every;
    }
}
