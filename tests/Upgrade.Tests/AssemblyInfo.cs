using Xunit.Sdk;
using Xunit.v3;

// What each version left is unpacked for its test alone: two of them are opened at a time.
[assembly: Parallelization(Mode = ParallelMode.All)]
