using Xunit.Sdk;
using Xunit.v3;

// Each zone has a portal for itself, and waits for it most of the time: all three run at a time.
[assembly: Parallelization(Mode = ParallelMode.All, MaxThreads = 3)]
