using System.Runtime.Versioning;
using PortalServices.Standalone.Tests;
using Xunit.Sdk;
using Xunit.v3;

// Each test has a store or a whole portal for itself; several at once would only make each other slow.
[assembly: Parallelization(Mode = ParallelMode.None)]
[assembly: AssemblyFixture(typeof(UsedFolder))]
// Modes of files and signals.
[assembly: SupportedOSPlatform("linux")]
