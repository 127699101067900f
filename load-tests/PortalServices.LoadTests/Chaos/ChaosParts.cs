namespace PortalServices.LoadTests.Chaos;

/// <summary>Names of parts that mean something to the check of a history.</summary>
internal static class ChaosParts
{
    /// <summary>The store: it dies and is started again. Of a cluster, one primary.</summary>
    public const string Redis = "redis";

    /// <summary>A primary of a cluster dies, and its replica takes its place.</summary>
    public const string Failover = "failover";

    /// <summary>The same with a replica that has been down before, and lacks what came meanwhile.</summary>
    public const string LaggingFailover = "lagging-failover";

    /// <summary>A slot of a cluster is moved; while the fault lasts, half of its keys are in their new place.</summary>
    public const string Slot = "slot";

    /// <summary>Whether a part of this name promotes a replica.</summary>
    public static bool Promotes(string part) => part is Failover or LaggingFailover;
}
