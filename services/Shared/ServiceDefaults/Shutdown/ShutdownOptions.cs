using System.ComponentModel.DataAnnotations;

namespace PortalServices.ServiceDefaults.Shutdown;

/// <summary>How a process ends; section <c>Shutdown</c>.</summary>
internal sealed class ShutdownOptions
{
    public const string Section = "Shutdown";

    /// <summary>All that the end of a process may take; what is still under way then is broken off.</summary>
    public static readonly TimeSpan Timeout = TimeSpan.FromSeconds(30);

    /// <summary>
    /// How long a process that was asked to end says that it is not ready and goes on answering, so that whoever
    /// chooses among replicas chooses another. 0 where nobody does. Shorter than <see cref="Timeout"/>, of which it is
    /// a part.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:00:20")]
    public TimeSpan DrainTime { get; set; }
}
