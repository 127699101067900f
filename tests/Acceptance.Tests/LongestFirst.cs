using PortalServices.Acceptance.Tests.Commands;
using PortalServices.Acceptance.Tests.Content;
using PortalServices.Acceptance.Tests.Running;
using Xunit.Sdk;
using Xunit.v3;

namespace PortalServices.Acceptance.Tests;

/// <summary>
/// Two collections run at a time. One begins with the portals that all others take their sites of, which takes as long
/// as what needs none of them; the short ones come last, so that both end together.
/// </summary>
public sealed class LongestFirst : ITestCollectionOrderer
{
    private static readonly string[] First =
    [
        nameof(DeadLetterTests),
        nameof(StartedCommandsTests),
        nameof(RestartTests),
        nameof(SettingsTests),
        nameof(StartTests),
        nameof(CommandsAtTheDoorsTests),
    ];

    public IReadOnlyCollection<TTestCollection> OrderTestCollections<TTestCollection>(
        IReadOnlyCollection<TTestCollection> testCollections
    )
        where TTestCollection : ITestCollection =>
        [
            .. testCollections.OrderBy(collection =>
                Array.FindIndex(
                    First,
                    name => collection.TestCollectionDisplayName.Contains($".{name}", StringComparison.Ordinal)
                )
                    is >= 0
                        and var at
                    ? at
                    : First.Length
            ),
        ];
}
