using System.Runtime.InteropServices;
using PortalServices.Testing.Processes;

// Starts what all test programs of a run share, says in a file where it is, and ends it when it is told to end.
if (args is not [var file])
{
    Console.Error.WriteLine("usage: PortalServices.Servers FILE");
    return 1;
}

var told = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, End);
using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, End);
await using var broker = await RabbitMqServer.StartAsync();
await broker.Broker.WriteAsync(file);
await told.Task;
return 0;

void End(PosixSignalContext signal)
{
    signal.Cancel = true;
    told.TrySetResult();
}
