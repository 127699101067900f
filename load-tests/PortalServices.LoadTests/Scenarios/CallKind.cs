using PortalServices.LoadTests.Sending;

namespace PortalServices.LoadTests.Scenarios;

/// <summary>One kind of request of a scenario. What it sends follows from the call's number and attempt alone.</summary>
internal abstract class CallKind
{
    /// <summary>A browser; the number in it tells visitors apart.</summary>
    private static ReadOnlySpan<byte> Browser =>
        "User-Agent: Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0."u8;

    /// <summary>Its name in reports.</summary>
    public abstract string Name { get; }

    /// <summary>Whether it writes to the site.</summary>
    public virtual bool Writes => false;

    /// <summary>Reads what it needs to know of the target before the run.</summary>
    public virtual Task PrepareAsync(PublicApi api, CancellationToken cancel) => Task.CompletedTask;

    /// <summary>Writes a call.</summary>
    public abstract void Write(Call call, Authority authority, RequestWriter writer);

    /// <summary>What an answer means.</summary>
    public virtual Result Read(Call call, int status, ReadOnlyMemory<byte> body) => new(OfStatus(status), status);

    /// <summary>What a status means, of anything but a view.</summary>
    protected static Outcome OfStatus(int status) =>
        status switch
        {
            < 300 or 304 => Outcome.Answered,
            410 => Outcome.Expired,
            429 => Outcome.Limited,
            < 500 => Outcome.Refused,
            503 or 504 => Outcome.Unavailable,
            _ => Outcome.ServerError,
        };

    /// <summary>Method, address, and the headers that all have.</summary>
    protected static RequestWriter Begin(
        RequestWriter writer,
        Authority authority,
        ReadOnlySpan<byte> methodAndPath,
        long visitor
    ) =>
        writer
            .Append(methodAndPath)
            .Append(" HTTP/1.1\r\n"u8)
            .Append(authority.HostHeader)
            .Append(Browser)
            .Append(visitor / 1_000)
            .Append("."u8)
            .Append(visitor % 1_000)
            .Append(" Safari/537.36\r\nAccept-Language: vi-VN,vi;q=0.9\r\n"u8);

    /// <summary>A number that follows from another one and looks like chance (SplitMix64).</summary>
    protected static ulong Mix(long number, ulong stream)
    {
        var z = unchecked((ulong)number + stream * 0x9E3779B97F4A7C15UL + 0x632BE59BD9B4E019UL);
        z = unchecked((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9UL);
        z = unchecked((z ^ (z >> 27)) * 0x94D049BB133111EBUL);
        return z ^ (z >> 31);
    }

    /// <summary>As <see cref="Mix"/>, from 0 to 1.</summary>
    protected static double Fraction(long number, ulong stream) => (Mix(number, stream) >> 11) * (1.0 / (1UL << 53));
}
