using System.Reflection;
using Xunit.Sdk;
using Xunit.v3;

namespace PortalServices.Testing;

/// <summary>
/// The rows of a theory: by default those of <see cref="UsualRowAttribute"/>, with <c>tests/run --long</c> those of
/// <see cref="LongRowAttribute"/>, too, which show the same by the same way through the product.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class RowsAttribute : DataAttribute
{
    public override ValueTask<IReadOnlyCollection<ITheoryDataRow>> GetData(
        MethodInfo testMethod,
        DisposalTracker disposalTracker
    ) =>
        new([
            .. testMethod
                .GetCustomAttributes<RowAttribute>()
                .Where(each => each is UsualRowAttribute || IsLong)
                .Select(each => new TheoryDataRow(each.Row)),
        ]);

    public override bool SupportsDiscoveryEnumeration() => true;

    private static bool IsLong => Environment.GetEnvironmentVariable("PORTAL_TESTS_LONG") == "1";
}

/// <summary>A row.</summary>
internal abstract class RowAttribute(object?[] row) : Attribute
{
    public object?[] Row => row;
}

/// <summary>A row of every run.</summary>
[AttributeUsage(AttributeTargets.Method, AllowMultiple = true)]
internal sealed class UsualRowAttribute(params object?[] row) : RowAttribute(row);

/// <summary>A row of a long run alone.</summary>
[AttributeUsage(AttributeTargets.Method, AllowMultiple = true)]
internal sealed class LongRowAttribute(params object?[] row) : RowAttribute(row);
