using System.Threading.RateLimiting;
using Microsoft.Extensions.Caching.Memory;
using Microsoft.Extensions.Options;
using PortalServices.Feedback.Captcha.Image;
using PortalServices.Feedback.Captcha.Sound;

namespace PortalServices.Feedback.Captcha;

/// <summary>
/// Draws and speaks challenges. What was made is kept for a while within a bounded number of bytes; no more are made at
/// a time than there are processors, and no more than so many wait for it.
/// </summary>
internal sealed class CaptchaRenderings : IDisposable
{
    private const int MaxWaiting = 256;

    private readonly MemoryCache _made;
    private readonly ConcurrencyLimiter _makers = new(
        new() { PermitLimit = Environment.ProcessorCount, QueueLimit = MaxWaiting }
    );

    public CaptchaRenderings(IOptions<CaptchaOptions> options) =>
        _made = new MemoryCache(
            new MemoryCacheOptions
            {
                SizeLimit = options.Value.CacheMebibytes * 1024L * 1024,
                CompactionPercentage = 0.1,
            }
        );

    /// <summary>How many were made.</summary>
    public int Made => _count;

    private int _count;

    /// <summary>The image, PNG; null when too many wait.</summary>
    public Task<byte[]?> ImageAsync(CaptchaChallenge challenge, CancellationToken cancel) =>
        MakeAsync(challenge, "image", () => CaptchaImage.Render(challenge.Answer, challenge.Seed("image")), cancel);

    /// <summary>The sound, WAV; null when too many wait.</summary>
    public Task<byte[]?> SoundAsync(CaptchaChallenge challenge, string language, CancellationToken cancel) =>
        MakeAsync(
            challenge,
            language,
            () => CaptchaSound.Render(challenge.Answer, challenge.Seed("sound " + language), language),
            cancel
        );

    public void Dispose()
    {
        _made.Dispose();
        _makers.Dispose();
    }

    private async Task<byte[]?> MakeAsync(
        CaptchaChallenge challenge,
        string rendering,
        Func<byte[]> make,
        CancellationToken cancel
    )
    {
        var key = (challenge.Number, rendering);
        if (_made.TryGetValue(key, out byte[]? made))
        {
            return made;
        }
        using var turn = await _makers.AcquireAsync(1, cancel);
        if (!turn.IsAcquired)
        {
            return null;
        }
        // Of several who asked for the same, the first has made it meanwhile.
        if (_made.TryGetValue(key, out made))
        {
            return made;
        }
        made = await Task.Run(make, cancel);
        Interlocked.Increment(ref _count);
        _made.Set(
            key,
            made,
            new MemoryCacheEntryOptions { Size = made.Length, AbsoluteExpiration = challenge.ExpiresAt }
        );
        return made;
    }
}
