using System.ComponentModel.DataAnnotations;

namespace PortalServices.ServiceDefaults.Connections;

/// <summary>
/// What clients may hold of this process by their connections; section <c>Connections</c>. What is not set is chosen
/// from the machine and logged at the start.
/// </summary>
public sealed class ConnectionsOptions : IValidatableObject
{
    /// <summary>The name of the section.</summary>
    public const string Section = "Connections";

    /// <summary>
    /// Connections at the public door, all addresses together. Not set: what descriptors and memory allow (a quarter of
    /// the memory at 32 KiB each), at most 20,000.
    /// </summary>
    [Range(32, 1_000_000)]
    public int? MaxConnections { get; set; }

    /// <summary>
    /// Connections of one address (IPv6: one /64) at the public door. Not set: an eighth of all. Trusted proxies have
    /// no such limit.
    /// </summary>
    [Range(1, 1_000_000)]
    public int? MaxPerAddress { get; set; }

    /// <summary>Places of the operators' door, which the public one cannot take.</summary>
    [Range(1, 10_000)]
    public int OperatorConnections { get; set; } = 64;

    /// <summary>Places of the probe door.</summary>
    [Range(1, 10_000)]
    public int ProbeConnections { get; set; } = 64;

    /// <summary>File descriptors kept back for stores, databases, brokers, services and files.</summary>
    [Range(64, 100_000)]
    public int ReservedDescriptors { get; set; } = 512;

    /// <summary>
    /// Memory for requests that are not answered and replies that are not read yet, in bytes, all clients together:
    /// four for each byte of a request that was sent, 192 KiB for a reply. Past it the connections that hold most are
    /// closed. Not set: a fifth of the memory.
    /// </summary>
    [Range(1L << 20, 1L << 40)]
    public long? MaxPendingMemory { get; set; }

    /// <summary>How long the head of a request may take to arrive.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:10:00")]
    public TimeSpan HeadTimeout { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>How long a connection may stay open without a request.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan IdleTimeout { get; set; } = TimeSpan.FromSeconds(130);

    /// <summary>
    /// The slowest rate at which a body may arrive and a reply be read, in bytes a second, after
    /// <see cref="RateGracePeriod"/>.
    /// </summary>
    [Range(1, 1_000_000)]
    public double MinBytesPerSecond { get; set; } = 240;

    /// <summary>How long a body or a reply may be slower.</summary>
    [Range(typeof(TimeSpan), "00:00:01.001", "00:10:00")]
    public TimeSpan RateGracePeriod { get; set; } = TimeSpan.FromSeconds(5);

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (MaxPerAddress > MaxConnections)
        {
            yield return new ValidationResult(
                $"{MaxPerAddress} of one address are more than {nameof(MaxConnections)}",
                [nameof(MaxPerAddress)]
            );
        }
        var most = ConnectionCapacity.ByDescriptors(this);
        if (MaxConnections > most)
        {
            yield return new ValidationResult(
                $"{MaxConnections} are more than the file descriptors of this process allow: {most}",
                [nameof(MaxConnections)]
            );
        }
        else if (most < ConnectionCapacity.Min)
        {
            yield return new ValidationResult(
                $"{ReservedDescriptors} of {DescriptorLimit.Current} file descriptors leave fewer than {ConnectionCapacity.Min} connections; raise the limit (ulimit -n)",
                [nameof(ReservedDescriptors)]
            );
        }
    }
}
