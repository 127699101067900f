using System.Runtime.InteropServices;

namespace PortalServices.LoadTests.Commands;

/// <summary>
/// SIGINT and SIGTERM: the first ends the sending, and what ran so far is checked and reported; the second ends that, too.
/// </summary>
internal sealed class Interrupts : IDisposable
{
    private readonly CancellationTokenSource _stopping = new();
    private readonly CancellationTokenSource _givingUp = new();
    private readonly PosixSignalRegistration[] _signals;

    public Interrupts() =>
        _signals = [
            PosixSignalRegistration.Create(PosixSignal.SIGINT, Take),
            PosixSignalRegistration.Create(PosixSignal.SIGTERM, Take),
        ];

    /// <summary>Nothing more is sent.</summary>
    public CancellationToken Stopping => _stopping.Token;

    /// <summary>Nothing more is waited for.</summary>
    public CancellationToken GivingUp => _givingUp.Token;

    public void Dispose()
    {
        foreach (var signal in _signals)
        {
            signal.Dispose();
        }
        _stopping.Dispose();
        _givingUp.Dispose();
    }

    private void Take(PosixSignalContext context)
    {
        context.Cancel = true;
        (_stopping.IsCancellationRequested ? _givingUp : _stopping).Cancel();
    }
}
