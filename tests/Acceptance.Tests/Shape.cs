using System.Reflection;
using PortalServices.Testing;
using Xunit.Sdk;
using Xunit.v3;

namespace PortalServices.Acceptance.Tests;

/// <summary>The ways to run a portal.</summary>
public enum Shape
{
    /// <summary>Everything in one process.</summary>
    Standalone,

    /// <summary>The gateway, counting processes and redis-server.</summary>
    Services,
}

/// <summary>Runs a test against a portal of every shape.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class EveryShapeAttribute : DataAttribute
{
    public override ValueTask<IReadOnlyCollection<ITheoryDataRow>> GetData(
        MethodInfo testMethod,
        DisposalTracker disposalTracker
    ) => new([.. FastRun.Of(Enum.GetValues<Shape>()).Select(shape => new TheoryDataRow<Shape>(shape))]);

    public override bool SupportsDiscoveryEnumeration() => true;
}
