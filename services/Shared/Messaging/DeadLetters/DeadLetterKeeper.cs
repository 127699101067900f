using Microsoft.Extensions.Options;

namespace PortalServices.Messaging.DeadLetters;

/// <summary>Puts what cannot be consumed among the dead letters of a consumer's service, and tells.</summary>
internal sealed partial class DeadLetterKeeper(
    IEnumerable<ServiceDeadLetters> stores,
    IOptions<MessagingOptions> options,
    TimeProvider time,
    ILogger<DeadLetterKeeper> logger
)
{
    /// <summary>Between tries, while they take none.</summary>
    public static readonly Backoff Waits = new(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(30));

    private readonly LogPace _pace = new(time);

    public async Task<bool> HasRoomAsync(string service, CancellationToken stopping) =>
        (await stores.Of(service).ListAsync(null, 0, 0, stopping)).Total < options.Value.MaxDeadLetters;

    /// <summary>Puts one away; false when the dead letters take none.</summary>
    public async Task<bool> TryPutAsync(
        string service,
        DeadLetter letter,
        Exception? failure,
        CancellationToken stopping
    )
    {
        try
        {
            if (!await stores.Of(service).TryPutAsync(letter, stopping))
            {
                if (_pace.TryTake())
                {
                    LogFull(failure, letter.Consumer, letter.MessageId);
                }
                return false;
            }
        }
#pragma warning disable CA1031 // Whatever keeps it from being put away, it is held.
        catch (Exception away) when (!stopping.IsCancellationRequested)
#pragma warning restore CA1031
        {
            if (_pace.TryTake())
            {
                LogAway(failure, letter.Consumer, letter.MessageId, away.Message);
            }
            return false;
        }

        MessagingTelemetry.DeadLetters.Add(1, MessagingTelemetry.Consumer.With(letter.Consumer));
        LogDead(failure, letter.Consumer, letter.MessageId);
        return true;
    }

    /// <summary>Puts one away, however long they take none.</summary>
    public async Task PutAsync(string service, DeadLetter letter, Exception failure, CancellationToken stopping)
    {
        for (var failures = 1; !await TryPutAsync(service, letter, failure, stopping); failures++)
        {
            await Task.Delay(Waits.After(failures), time, stopping);
        }
    }

    [LoggerMessage(
        Level = LogLevel.Error,
        Message = "{Consumer} failed on message {Id}, which is among the dead letters now"
    )]
    private partial void LogDead(Exception? failure, string consumer, Guid id);

    [LoggerMessage(
        Level = LogLevel.Critical,
        Message = "{Consumer} fails on message {Id} and the dead letters are full: it is held until some are replayed or discarded"
    )]
    private partial void LogFull(Exception? failure, string consumer, Guid id);

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "{Consumer} fails on message {Id} and the dead letters do not answer ({Why}): it is held and tried again"
    )]
    private partial void LogAway(Exception? failure, string consumer, Guid id, string why);
}
