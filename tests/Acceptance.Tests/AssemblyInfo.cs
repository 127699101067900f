using System.Runtime.Versioning;
using PortalServices.Acceptance.Tests;

// Modes of files.
[assembly: SupportedOSPlatform("linux")]
[assembly: TestCollectionOrderer(typeof(LongestFirst))]
