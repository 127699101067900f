namespace PortalServices.Messaging.DeadLetters;

/// <summary>
/// Where a service keeps its dead letters. Bounded; every method may be repeated. An exception means that the store
/// does not answer, and that it is not known whether the change was made.
/// </summary>
public interface IDeadLetters
{
    /// <summary>
    /// Puts one in. One that is there already has its error, time and number of failures brought up to date.
    /// </summary>
    /// <returns>False when there is no room for one more.</returns>
    Task<bool> TryPutAsync(DeadLetter letter, CancellationToken cancel);

    /// <summary>Takes one out; false when there was none.</summary>
    Task<bool> RemoveAsync(Guid messageId, string consumer, CancellationToken cancel);

    /// <summary>Finds one; null when there is none.</summary>
    Task<DeadLetter?> FindAsync(Guid messageId, string consumer, CancellationToken cancel);

    /// <summary>Some of them, the latest failure first, and how many there are.</summary>
    /// <param name="sites">Those of these sites alone; null for all, those that are about no site included.</param>
    /// <param name="skip">How many to leave out.</param>
    /// <param name="take">How many to give at most.</param>
    /// <param name="cancel">Ends it.</param>
    Task<(IReadOnlyList<DeadLetter> Items, int Total)> ListAsync(
        IReadOnlyCollection<string>? sites,
        int skip,
        int take,
        CancellationToken cancel
    );
}

/// <summary>The dead letters of one service of this process.</summary>
internal sealed record ServiceDeadLetters(string Service, IDeadLetters Letters);

internal static class DeadLetterStores
{
    public static IDeadLetters Of(this IEnumerable<ServiceDeadLetters> stores, string service) =>
        stores.First(each => each.Service == service).Letters;
}
