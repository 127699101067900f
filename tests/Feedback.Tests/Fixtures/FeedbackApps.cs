[assembly: AssemblyFixture(typeof(TestDatabases))]

namespace PortalServices.Feedback.Tests.Fixtures;

/// <summary>Feedback on each database.</summary>
public sealed class FeedbackApps(TestDatabases databases)
    : AppsOnDatabases<FeedbackApp>(databases, FeedbackApp.StartAsync);
