using Xunit.v3;

// Most of what these tests do is waiting for the broker and for one another's messages: more of their classes run at a
// time than there are processors.
[assembly: Parallelization(MaxThreads = 4)]
