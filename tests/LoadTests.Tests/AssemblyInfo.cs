using Xunit.Sdk;
using Xunit.v3;

// Each test has a portal of its own in this process, and waits for it most of the time.
[assembly: Parallelization(Mode = ParallelMode.All, MaxThreads = 3)]
