[assembly: AssemblyFixture(typeof(TestDatabases))]

namespace PortalServices.Content.Tests.Fixtures;

/// <summary>Content on each database.</summary>
public sealed class ContentApps(TestDatabases databases)
    : AppsOnDatabases<ContentApp>(databases, ContentApp.StartAsync);
