using System.Reflection;
using PortalServices.Database;
using PortalServices.Testing;
using Xunit.Sdk;
using Xunit.v3;

namespace PortalServices.InProcess.Databases;

/// <summary>
/// Runs a test on a database: in a long run on every one that the product knows, by default on the one that its class
/// names with <see cref="UsuallyAttribute"/>, or on both where the product tells them apart.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class EveryDatabaseAttribute : DataAttribute
{
    /// <summary>Whether the product's own code differs between them, so that one shows nothing of the other.</summary>
    public bool Differs { get; init; }

    public override ValueTask<IReadOnlyCollection<ITheoryDataRow>> GetData(
        MethodInfo testMethod,
        DisposalTracker disposalTracker
    )
    {
        var all = Enum.GetValues<DatabaseKind>();
        var usual = testMethod.ReflectedType?.GetCustomAttribute<UsuallyAttribute>()?.Database ?? DatabaseKind.Sqlite;
        var kinds = Differs && !FastRun.IsOn ? all : Variants.Of(all, usual);
        return new([.. kinds.Select(kind => new TheoryDataRow<DatabaseKind>(kind))]);
    }

    public override bool SupportsDiscoveryEnumeration() => true;
}

/// <summary>The database that the tests of a class run on by default.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class UsuallyAttribute(DatabaseKind database) : Attribute
{
    public DatabaseKind Database => database;
}
