using System.Globalization;

namespace PortalServices.ServiceDefaults.Hosting;

/// <summary>
/// Says what a start is at while that takes long: one line after five seconds, and one every five seconds after it.
/// </summary>
public sealed partial class StartProgress(TimeProvider time, ILogger<StartProgress> logger)
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(5);

    /// <summary>Begins a step, which ends when the result is disposed of.</summary>
    /// <param name="step">What is done, as in <c>loading the seeds</c>.</param>
    public IDisposable Begin(string step)
    {
        var began = time.GetTimestamp();
        return time.CreateTimer(
            _ => LogStep(step, time.GetElapsedTime(began).TotalSeconds.ToString("F0", CultureInfo.InvariantCulture)),
            null,
            Every,
            Every
        );
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Still {Step}, for {Seconds} s")]
    private partial void LogStep(string step, string seconds);
}

/// <summary>Lines that a process shows once it has started, between its doors and <c>Ready</c>.</summary>
public interface IStartNote
{
    /// <summary>What is switched off, or where something is; for the operator.</summary>
    IEnumerable<string> Lines { get; }
}

/// <summary>One that is known when the process is put together.</summary>
public sealed record StartNote(params IEnumerable<string> Lines) : IStartNote;
