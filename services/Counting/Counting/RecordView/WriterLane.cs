using System.Buffers.Text;
using System.Security.Cryptography;

namespace PortalServices.Counting.RecordView;

/// <summary>
/// The name under which this process writes to one ledger, and the number of its next batch. The ledger's receipt holds
/// the last number and its outcome, so that a batch can be repeated without counting twice.
/// </summary>
internal sealed class WriterLane(TimeProvider time)
{
    /// <summary>Receipts silent for 7 days are removed; a lane silent for 6 does not rely on its own.</summary>
    private static readonly TimeSpan LongestSilence = TimeSpan.FromDays(6);
    private long _lastUse = time.GetTimestamp();

    public string Id { get; private set; } = NewId();

    public long Sequence { get; private set; } = 1;

    /// <summary>Before a batch is sent. A batch whose outcome is unclear keeps its lane whatever the time.</summary>
    public void Prepare(bool unclear)
    {
        if (!unclear && time.GetElapsedTime(_lastUse) > LongestSilence)
        {
            Renew();
        }
    }

    /// <summary>The batch is in: the next one has the next number.</summary>
    public void Advance()
    {
        Sequence++;
        _lastUse = time.GetTimestamp();
    }

    /// <summary>Starts over under a new name.</summary>
    public void Renew()
    {
        Id = NewId();
        Sequence = 1;
        _lastUse = time.GetTimestamp();
    }

    private static string NewId() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(9));
}
