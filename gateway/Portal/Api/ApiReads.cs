using System.Net;
using Microsoft.Extensions.Caching.Memory;
using Microsoft.Extensions.Options;

namespace PortalServices.Portal.Api;

/// <summary>
/// Public replies of the API that pages are made of, kept in memory. One that is older than a second is asked for again
/// by its entity tag; when the service is away or slow, the last one goes on for ten minutes. All visitors share them,
/// and those who ask at the same time share one request.
/// </summary>
internal sealed partial class ApiReads : IDisposable
{
    /// <summary>How long a page waits for a newer reply than one that it has.</summary>
    public static readonly TimeSpan RefreshTimeout = TimeSpan.FromMilliseconds(300);

    /// <summary>How long a last reply goes on.</summary>
    public static readonly TimeSpan Kept = TimeSpan.FromMinutes(10);

    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(1),
        RequestTimeout = TimeSpan.FromSeconds(10);

    private const int BytesOfAnEntry = 1024;

    private readonly MemoryCache _cache;
    private readonly Lock _adding = new();
    private readonly PagesClient _client;
    private readonly TimeProvider _time;
    private readonly ILogger<ApiReads> _logger;

    public ApiReads(PagesClient client, IOptions<PortalOptions> options, TimeProvider time, ILogger<ApiReads> logger)
    {
        (_client, _time, _logger) = (client, time, logger);
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
    /// <param name="path">The address.</param>
    /// <param name="wait">How long to wait for it where there is no last reply.</param>
    /// <param name="cancel">Ends the wait.</param>
    public async Task<ApiRead<T>> ReadAsync<T>(string path, TimeSpan wait, CancellationToken cancel)
        where T : class
    {
        var entry = EntryOf(path);
        Task<Reply> asked;
        Reply? last;
        lock (entry)
        {
            last = entry.Last;
            if (last is not null && _time.GetElapsedTime(entry.AnsweredAt) <= Fresh)
            {
                return Of<T>(last);
            }
            // The first of those who ask now; the others find its request.
            asked = entry.Asked ??= AskAsync<T>(path, entry, last);
        }
        try
        {
            return Of<T>(await asked.WaitAsync(last?.Value is null ? wait : RefreshTimeout, _time, cancel));
        }
        catch (TimeoutException)
        {
            return Of<T>(Away(last));
        }
    }

    public void Dispose() => _cache.Dispose();

    private static ApiRead<T> Of<T>(Reply reply)
        where T : class => new(reply.Status, reply.Value as T, reply.Tag, reply.Location, reply.IsOld);

    // One for all who ask for it first at the same time.
    private Entry EntryOf(string path)
    {
        if (_cache.Get<Entry>(path) is { } kept)
        {
            return kept;
        }
        lock (_adding)
        {
            if (_cache.Get<Entry>(path) is { } added)
            {
                return added;
            }
            var entry = new Entry();
            Keep(path, entry, 0);
            return entry;
        }
    }

    private void Keep(string path, Entry entry, long bytes) =>
        _cache.Set(
            path,
            entry,
            new MemoryCacheEntryOptions
            {
                // What is read takes about twice the bytes of its JSON.
                Size = BytesOfAnEntry + (2 * path.Length) + (2 * bytes),
                AbsoluteExpirationRelativeToNow = Kept,
            }
        );

    // Not for one visitor alone: whoever goes away takes it from nobody. Nothing that fails in it is kept.
    private async Task<Reply> AskAsync<T>(string path, Entry entry, Reply? last)
        where T : class
    {
        await Task.Yield();
        Reply reply;
        try
        {
            reply = await FetchAsync<T>(path, last);
        }
#pragma warning disable CA1031 // Whatever it was, the service counts as away.
        catch (Exception fault)
#pragma warning restore CA1031
        {
            LogFault(fault, path);
            reply = Away(last);
        }
        lock (entry)
        {
            (entry.Last, entry.AnsweredAt, entry.Asked) = (reply, _time.GetTimestamp(), null);
        }
        Keep(path, entry, reply.Bytes);
        return reply;
    }

    private async Task<Reply> FetchAsync<T>(string path, Reply? last)
        where T : class
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        if (last is { Tag: { } tag, Value: not null })
        {
            request.Headers.TryAddWithoutValidation("If-None-Match", tag);
        }
        using var reply = await _client.SendAsync(request, visitor: null, RequestTimeout, CancellationToken.None);
        if (reply?.StatusCode == HttpStatusCode.NotModified && last is not null)
        {
            return last with { IsOld = false, At = _time.GetTimestamp() };
        }
        var value = reply is { StatusCode: HttpStatusCode.OK }
            ? await PagesClient.ReadAsync<T>(reply, CancellationToken.None)
            : null;
        return reply is null || (int)reply.StatusCode >= 500 || (reply.IsSuccessStatusCode && value is null)
            ? Away(last)
            : new Reply(
                reply.StatusCode,
                value,
                reply.Headers.ETag?.ToString(),
                reply.Headers.Location?.OriginalString,
                IsOld: false,
                _time.GetTimestamp(),
                reply.Content.Headers.ContentLength ?? 0
            );
    }

    private Reply Away(Reply? last) =>
        last?.Value is not null && _time.GetElapsedTime(last.At) < Kept
            ? last with
            {
                IsOld = true,
            }
            : new Reply(HttpStatusCode.ServiceUnavailable, null, null, null, IsOld: false, _time.GetTimestamp(), 0);

    [LoggerMessage(Level = LogLevel.Error, Message = "Reading {Path} for pages failed")]
    private partial void LogFault(Exception exception, string path);

    private sealed class Entry
    {
        public Reply? Last { get; set; }

        public long AnsweredAt { get; set; }

        public Task<Reply>? Asked { get; set; }
    }

    private sealed record Reply(
        HttpStatusCode Status,
        object? Value,
        string? Tag,
        string? Location,
        bool IsOld,
        long At,
        long Bytes
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
