using System.Reflection;
using PortalServices.Testing;
using Xunit.Sdk;
using Xunit.v3;

namespace PortalServices.Messaging.Tests.Fixtures;

/// <summary>The ways in which the product is run.</summary>
public enum WiringKind
{
    /// <summary>One process with a file, and no broker.</summary>
    Embedded,

    /// <summary>Processes with RabbitMQ and PostgreSQL.</summary>
    Services,
}

/// <summary>Runs a theory on every wiring.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class EveryWiringAttribute : DataAttribute
{
    public override ValueTask<IReadOnlyCollection<ITheoryDataRow>> GetData(
        MethodInfo testMethod,
        DisposalTracker disposalTracker
    ) =>
        new([
            .. (FastRun.IsOn ? [WiringKind.Embedded] : Enum.GetValues<WiringKind>()).Select(
                kind => new TheoryDataRow<WiringKind>(kind)
            ),
        ]);

    public override bool SupportsDiscoveryEnumeration() => true;
}
