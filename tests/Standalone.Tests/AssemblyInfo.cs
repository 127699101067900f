using System.Runtime.Versioning;
using PortalServices.Standalone.Tests;

// Each test has a store or a whole portal in a folder of its own, or leaves the one that it shares as it is: two classes
// run at a time.
[assembly: AssemblyFixture(typeof(UsedFolder))]
// Modes of files and signals.
[assembly: SupportedOSPlatform("linux")]
