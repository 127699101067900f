using System.Net;
using Microsoft.Extensions.Caching.Memory;
using Microsoft.Extensions.Options;

namespace PortalServices.Portal.Api;

/// <summary>
/// Public replies of the API that pages are made of, kept in memory. One that is older than a second is asked for again
/// by its entity tag; when the service is away, the last one goes on for ten minutes. All visitors share them, and
/// those who ask at the same time share one request.
/// </summary>
internal sealed class ApiReads : IDisposable
{
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(1),
        Kept = TimeSpan.FromMinutes(10);

    private const int BytesOfAnEntry = 1024;

    private readonly MemoryCache _cache;
    private readonly PagesClient _client;
    private readonly TimeProvider _time;

    public ApiReads(PagesClient client, IOptions<PortalOptions> options, TimeProvider time)
    {
        (_client, _time) = (client, time);
        // The other half is for the pages.
        _cache = new MemoryCache(
            new MemoryCacheOptions
            {
                SizeLimit = options.Value.CacheMegabytes * 1024L * 1024 / 2,
                TrackStatistics = true,
            }
        );
    }

    /// <summary>About what is kept.</summary>
    internal long KeptBytes => _cache.GetCurrentStatistics()!.CurrentEstimatedSize ?? 0;

    /// <summary>Reads an address of the API.</summary>
    public async Task<ApiRead<T>> ReadAsync<T>(string path, CancellationToken cancel)
        where T : class
    {
        var entry = _cache.Get<Entry>(path);
        if (entry is null || (entry.IsAnswered && _time.GetElapsedTime(entry.At) > Fresh))
        {
            // The first of those who ask now; the others find its request.
            var before = entry;
            entry = new Entry(_time.GetTimestamp(), new(() => AskAsync<T>(path, before)));
            Keep(path, entry, 0);
        }
        var reply = await entry.Reply.Value.WaitAsync(cancel);
        return new ApiRead<T>(reply.Status, reply.Value as T, reply.Tag, reply.Location, reply.IsOld);
    }

    public void Dispose() => _cache.Dispose();

    private void Keep(string path, Entry entry, long bytes) =>
        _cache.Set(
            path,
            entry,
            new MemoryCacheEntryOptions
            {
                Size = BytesOfAnEntry + (2 * path.Length) + bytes,
                AbsoluteExpirationRelativeToNow = Kept,
            }
        );

    // Not for one visitor alone: whoever goes away takes it from nobody.
    private async Task<Reply> AskAsync<T>(string path, Entry? before)
        where T : class
    {
        var last = before is { IsAnswered: true } ? await before.Reply.Value : null;
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        if (last is { Tag: { } tag, Value: not null })
        {
            request.Headers.TryAddWithoutValidation("If-None-Match", tag);
        }
        using var reply = await _client.SendAsync(request, visitor: null, CancellationToken.None);
        if (reply?.StatusCode == HttpStatusCode.NotModified && last is not null)
        {
            return last with { IsOld = false, At = _time.GetTimestamp() };
        }
        var value = reply is { StatusCode: HttpStatusCode.OK }
            ? await PagesClient.ReadAsync<T>(reply, CancellationToken.None)
            : null;
        var isAway = reply is null || (int)reply.StatusCode >= 500 || (reply.IsSuccessStatusCode && value is null);
        if (isAway && last?.Value is not null && _time.GetElapsedTime(last.At) < Kept)
        {
            return last with { IsOld = true };
        }
        if (_cache.Get<Entry>(path) is { } entry)
        {
            Keep(path, entry, reply?.Content.Headers.ContentLength ?? 0);
        }
        return new Reply(
            isAway ? HttpStatusCode.ServiceUnavailable : reply!.StatusCode,
            value,
            reply?.Headers.ETag?.ToString(),
            reply?.Headers.Location?.OriginalString,
            IsOld: false,
            _time.GetTimestamp()
        );
    }

    private sealed record Entry(long At, Lazy<Task<Reply>> Reply)
    {
        public bool IsAnswered => Reply is { IsValueCreated: true, Value.IsCompletedSuccessfully: true };
    }

    private sealed record Reply(
        HttpStatusCode Status,
        object? Value,
        string? Tag,
        string? Location,
        bool IsOld,
        long At
    );
}

/// <summary>What came of reading an address.</summary>
/// <param name="Status">Of the reply; 503 where none came.</param>
/// <param name="Value">The reply, where there is one.</param>
/// <param name="Tag">Its entity tag: the same tag is the same content.</param>
/// <param name="Location">Where it is now, where it has moved.</param>
/// <param name="IsOld">Whether it is kept from before, since the service is away.</param>
internal sealed record ApiRead<T>(HttpStatusCode Status, T? Value, string? Tag, string? Location, bool IsOld)
    where T : class;
