namespace PortalServices.ServiceDefaults.Connections;

/// <summary>
/// The limits that hold, as set or as chosen from the descriptors and the memory of this process (in a container, its
/// share).
/// </summary>
/// <param name="Connections">At the public door.</param>
/// <param name="PerAddress">Of one address there.</param>
/// <param name="PendingMemory">Bytes of memory for requests that are not answered and replies that are not read
/// yet.</param>
internal sealed record ConnectionCapacity(int Connections, int PerAddress, long PendingMemory)
{
    /// <summary>With fewer connections nothing can be served sensibly.</summary>
    public const int Min = 32;

    /// <summary>Connections that are being refused or closed while others come in.</summary>
    public const int InPassing = 64;

    private const int MaxChosen = 20_000;
    private const int BytesPerConnection = 32 * 1024;
    private const int ShareOfMemory = 4;
    private const int ShareOfAddress = 8;
    private const int ShareOfPending = 5;

    public static ConnectionCapacity Of(ConnectionsOptions options)
    {
        var memory = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
        var connections =
            options.MaxConnections
            ?? (int)
                Math.Min(
                    Math.Min(MaxChosen, ByDescriptors(options)),
                    Math.Max(Min, memory / ShareOfMemory / BytesPerConnection)
                );
        return new ConnectionCapacity(
            connections,
            options.MaxPerAddress ?? Math.Max(1, connections / ShareOfAddress),
            options.MaxPendingMemory ?? Math.Max(1 << 20, memory / ShareOfPending)
        );
    }

    /// <summary>Connections at the public door for which there are descriptors.</summary>
    public static int ByDescriptors(ConnectionsOptions options) =>
        DescriptorLimit.Current == int.MaxValue
            ? int.MaxValue
            : DescriptorLimit.Current
                - options.ReservedDescriptors
                - options.OperatorConnections
                - options.ProbeConnections
                - InPassing;
}
