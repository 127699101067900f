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

    /// <summary>The same, and the gateway sends each view by itself, as to a service that takes no frames.</summary>
    Proxied,

    /// <summary>The gateway, counting processes and a Redis Cluster; for tests that count, and ask no other service.</summary>
    Cluster,
}

/// <summary>Those that have every service.</summary>
public static class Shapes
{
    public static IReadOnlyList<Shape> Whole { get; } = [Shape.Standalone, Shape.Services, Shape.Proxied];
}

/// <summary>
/// Runs a test against a portal of a shape: in a long run of every shape, by default of the one that its class names
/// with <see cref="UsuallyAttribute"/>.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class EveryShapeAttribute : DataAttribute
{
    public override ValueTask<IReadOnlyCollection<ITheoryDataRow>> GetData(
        MethodInfo testMethod,
        DisposalTracker disposalTracker
    )
    {
        var usual = testMethod.ReflectedType?.GetCustomAttribute<UsuallyAttribute>()?.Shape ?? Shape.Standalone;
        var isOnCluster = testMethod.ReflectedType?.GetCustomAttribute<AlsoOnClusterAttribute>() is not null;
        IReadOnlyList<Shape> all = isOnCluster ? [.. Shapes.Whole, Shape.Cluster] : Shapes.Whole;
        return new([.. Variants.Of(all, usual).Select(shape => new TheoryDataRow<Shape>(shape))]);
    }

    public override bool SupportsDiscoveryEnumeration() => true;
}

/// <summary>The tests of a class run against a Redis Cluster, too: in a long run, unless it is the usual shape.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class AlsoOnClusterAttribute : Attribute;

/// <summary>The shape that the tests of a class run against by default.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class UsuallyAttribute(Shape shape) : Attribute
{
    public Shape Shape => shape;
}
