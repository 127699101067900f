using StackExchange.Redis;

namespace PortalServices.Counting.Store;

/// <summary>
/// The store, or the way to it, fails: how that is told from a fault of this program, and what a caller is answered.
/// </summary>
internal static class StoreFailure
{
    private static readonly TimeSpan TryAgain = TimeSpan.FromSeconds(1);

    /// <summary>True for an error of the store or the way to it, and not of this program.</summary>
    public static bool Is(Exception e) =>
        e
            is RedisException
                or RedisCommandException
                or TimeoutException
                or StoreUnavailableException
                or UnsafeStoreException
                or UnclearCommitException
                or DamagedLedgerException
                or RefusedCalendarException
                or ObjectDisposedException
                or OperationCanceledException;

    /// <summary>Runs something that comes again, or that another way leads to; false when the store failed.</summary>
    public static async Task<bool> TryAsync(Func<Task> work)
    {
        try
        {
            await work();
            return true;
        }
        catch (Exception e) when (Is(e))
        {
            return false;
        }
    }

    /// <summary>503 <c>store_unavailable</c>.</summary>
    public static IResult Reply() => Problem.Of(CommonProblems.StoreUnavailable, retryAfter: TryAgain);
}
