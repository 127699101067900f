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
        return new([.. Variants.Of(Enum.GetValues<Shape>(), usual).Select(shape => new TheoryDataRow<Shape>(shape))]);
    }

    public override bool SupportsDiscoveryEnumeration() => true;
}

/// <summary>The shape that the tests of a class run against by default.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class UsuallyAttribute(Shape shape) : Attribute
{
    public Shape Shape => shape;
}
