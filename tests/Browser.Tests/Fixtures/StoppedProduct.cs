namespace PortalServices.Browser.Tests.Fixtures;

/// <summary>
/// A portal that tests stop and start again, one at a time. Each begins by starting it: one that failed
/// may have left it stopped. Every feedback needs proof of work there.
/// </summary>
public sealed class StoppedProduct() : Product(submissionsWithoutWork: 0);

/// <summary>The tests that share it.</summary>
[CollectionDefinition]
public sealed class OfStoppedProduct : ICollectionFixture<StoppedProduct>;
