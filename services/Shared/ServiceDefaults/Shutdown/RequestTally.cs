namespace PortalServices.ServiceDefaults.Shutdown;

/// <summary>
/// The requests of this process, so that its last line can say that each was answered. One is read when its head is;
/// answered when its pipeline has run to the end. Whether it was broken off is asked while the process ends only: to
/// ask costs an object for each request.
/// </summary>
internal sealed class RequestTally
{
    private long _read,
        _answered,
        _brokenOff;

    public long Read => Interlocked.Read(ref _read);

    public long Answered => Interlocked.Read(ref _answered);

    public long BrokenOff => Interlocked.Read(ref _brokenOff);

    public async Task RunAsync(HttpContext context, RequestDelegate next, Drain drain)
    {
        Begin();
        try
        {
            await next(context);
        }
        finally
        {
            End(context, drain);
        }
    }

    /// <summary>A request has been read.</summary>
    public void Begin() => Interlocked.Increment(ref _read);

    /// <summary>One that was begun is over.</summary>
    public void End(HttpContext context, Drain drain)
    {
        if (drain.IsDraining && context.RequestAborted.IsCancellationRequested)
        {
            Interlocked.Increment(ref _brokenOff);
        }
        else
        {
            Interlocked.Increment(ref _answered);
        }
    }

    /// <summary>One that was begun will be begun again.</summary>
    public void TakeBack() => Interlocked.Decrement(ref _read);
}
