using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;

namespace PortalServices.Feedback.Mail;

/// <summary>What this process knows of the mails.</summary>
internal sealed class MailState
{
    /// <summary>How many wait to be sent.</summary>
    public int Waiting { get; private set; }

    /// <summary>When the oldest of them was written, in milliseconds since 1970 UTC; null for none.</summary>
    public long? OldestAt { get; private set; }

    /// <summary>Why the mail server cannot be reached; null while it can.</summary>
    public string? Trouble { get; set; }

    public void Saw(int waiting, long? oldestAt) => (Waiting, OldestAt) = (waiting, oldestAt);
}

/// <summary>Says at the start that no mail is sent.</summary>
internal sealed class MailNote(IOptions<MailOptions> options) : IStartNote
{
    public IEnumerable<string> Lines =>
        options.Value.IsOn ? [] : ["Without a mail server (Mail:Host): nobody is written to"];
}

/// <summary>Mail, beside what "ready" means: feedback is taken and answered whether mails go or not.</summary>
internal sealed class MailHealth(MailState state, IOptions<MailOptions> options, TimeProvider time) : IHealthCheck
{
    private static readonly TimeSpan LongWait = TimeSpan.FromMinutes(10);

    public Task<HealthCheckResult> CheckHealthAsync(
        HealthCheckContext context,
        CancellationToken cancellationToken = default
    )
    {
        if (!options.Value.IsOn)
        {
            return Task.FromResult(HealthCheckResult.Healthy("No mail server is set: nobody is written to."));
        }
        var waited = state.OldestAt is { } oldest
            ? time.GetUtcNow() - DateTimeOffset.FromUnixTimeMilliseconds(oldest)
            : TimeSpan.Zero;
        var data = new Dictionary<string, object>
        {
            ["waiting"] = state.Waiting,
            ["longestSeconds"] = Math.Max(0, Math.Floor(waited.TotalSeconds)),
        };
        return Task.FromResult(
            state.Trouble is { } trouble ? HealthCheckResult.Degraded($"Mails wait: {trouble}", data: data)
            : waited > LongWait ? HealthCheckResult.Degraded("Mails wait to be sent.", data: data)
            : HealthCheckResult.Healthy("Mails are sent.", data)
        );
    }
}
