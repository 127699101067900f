using PortalServices.Crash.Tests.Cuts;
using PortalServices.Crash.Tests.Databases;
using PortalServices.Crash.Tests.Events;
using PortalServices.Crash.Tests.Kills;
using Xunit.Sdk;
using Xunit.v3;

[assembly: TestCollectionOrderer(typeof(PortalServices.Crash.Tests.LongestFirst))]

namespace PortalServices.Crash.Tests;

/// <summary>Two collections run at a time: the long ones begin, so that both ways end at about the same time.</summary>
public sealed class LongestFirst : ITestCollectionOrderer
{
    private static readonly string[] Long =
    [
        .. new[]
        {
            typeof(ReplicasBehindAGateway),
            typeof(RestoredStoreTests),
            typeof(ArticleEventTests),
            typeof(MigrationKillTests),
            typeof(StandaloneKillTests),
            typeof(AppendOnlyCutTests),
        }.Select(type => type.FullName!),
    ];

    public IReadOnlyCollection<TTestCollection> OrderTestCollections<TTestCollection>(
        IReadOnlyCollection<TTestCollection> testCollections
    )
        where TTestCollection : ITestCollection =>
        [
            .. testCollections
                .OrderBy(collection =>
                    Array.FindIndex(
                        Long,
                        name => collection.TestCollectionDisplayName.Contains(name, StringComparison.Ordinal)
                    )
                        is var place
                            and >= 0
                        ? place
                        : Long.Length
                )
                .ThenBy(collection => collection.TestCollectionDisplayName, StringComparer.Ordinal),
        ];
}
