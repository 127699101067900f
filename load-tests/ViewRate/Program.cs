using System.Runtime.InteropServices;
using PortalServices.ViewRate;

if (LoadOptions.Parse(args) is not { } options)
{
    await Console.Error.WriteLineAsync(LoadOptions.Usage);
    return 1;
}

using var end = new CancellationTokenSource();
void End(PosixSignalContext signal)
{
    signal.Cancel = true;
    end.Cancel();
}
using var interrupted = PosixSignalRegistration.Create(PosixSignal.SIGINT, End);
using var terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, End);
try
{
    return options.OfAll ? await Overview.RunAsync(options, end.Token)
        : options.OfTelemetry ? await Comparison.OfTelemetryAsync(options, end.Token)
        : await Comparison.RunAsync(options, end.Token);
}
catch (Exception e) when (e is LoadException or OperationCanceledException)
{
    await Console.Error.WriteLineAsync(e.Message);
    return 1;
}
