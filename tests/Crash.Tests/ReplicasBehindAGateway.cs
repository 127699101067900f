using PortalServices.Testing.Shapes;

namespace PortalServices.Crash.Tests;

/// <summary>Two counting processes behind a gateway, for the tests that end one of them or hold up the store.</summary>
[CollectionDefinition]
public sealed class ReplicasBehindAGateway : ICollectionFixture<Portals>
{
    /// <summary>They drain as shipped when they are asked to end, which makes no difference to a kill.</summary>
    public static PortalSettings Settings { get; } = new() { DrainsAsShipped = true };
}
