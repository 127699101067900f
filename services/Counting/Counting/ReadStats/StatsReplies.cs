using System.Buffers;
using System.IO.Hashing;
using System.Text.Json;
using PortalServices.Http.Json;

namespace PortalServices.Counting.ReadStats;

/// <summary>
/// The box of one site as it is sent. What is the same for all readers is written once for each state of the site; of a
/// page only its own part is written for who asks for it. The entity tag is as that of <see cref="Http.Numbers"/>.
/// </summary>
internal sealed class StatsReplies(Site site)
{
    private readonly Lock _gate = new();
    private volatile Written? _latest;
    private long _writes;

    /// <summary>How often the numbers of the site were written.</summary>
    public long Writes => Interlocked.Read(ref _writes);

    /// <summary>The reply of a view of the site, and of the page where one was asked for.</summary>
    public IResult Of(SiteView view, string? path)
    {
        var written = WrittenOf(view);
        return path is null ? written.OfSite : written.WithPage(PageReply.Of(path, view.Pages[0], view.Snapshot.Site));
    }

    private Written WrittenOf(SiteView view)
    {
        if (_latest is { } held && held.IsOf(view))
        {
            return held;
        }
        lock (_gate)
        {
            if (_latest is { } latest && latest.IsOf(view))
            {
                return latest;
            }
            Interlocked.Increment(ref _writes);
            return _latest = new Written(site, view);
        }
    }

    /// <summary>A state of the site in JSON, cut where a page would stand: before the instant.</summary>
    private sealed class Written
    {
        private static readonly byte[] PageName = "\"page\":"u8.ToArray(),
            InstantName = "\"asOf\":"u8.ToArray();

        private readonly SiteSnapshot _snapshot;
        private readonly bool _stale;
        private readonly byte[] _json,
            _covered;
        private readonly int _end;

        public Written(Site site, SiteView view)
        {
            (_snapshot, _stale) = (view.Snapshot, view.Stale);
            var reply = StatsReply.Of(site, view, null);
            _json = JsonSerializer.SerializeToUtf8Bytes(reply, PortalJson.Replies);
            // The same without the instant, which the tag does not cover.
            _covered = JsonSerializer.SerializeToUtf8Bytes(reply with { AsOf = default }, PortalJson.Replies);
            // In a value a quotation mark is escaped.
            _end = _json.AsSpan().IndexOf(InstantName);
            OfSite = ETagResult.WeakJson(_json, HashOf(_covered));
        }

        public IResult OfSite { get; }

        public bool IsOf(SiteView view) => ReferenceEquals(_snapshot, view.Snapshot) && _stale == view.Stale;

        public IResult WithPage(PageReply page)
        {
            var part = JsonSerializer.SerializeToUtf8Bytes(page, PortalJson.Replies);
            var length = _covered.Length + PageName.Length + part.Length + 1;
            var covered = ArrayPool<byte>.Shared.Rent(length);
            Insert(_covered, part, covered);
            var hash = HashOf(covered.AsSpan(0, length));
            ArrayPool<byte>.Shared.Return(covered);
            var json = new byte[_json.Length + PageName.Length + part.Length + 1];
            Insert(_json, part, json);
            return ETagResult.WeakJson(json, hash);
        }

        private void Insert(ReadOnlySpan<byte> json, ReadOnlySpan<byte> page, Span<byte> to)
        {
            json[.._end].CopyTo(to);
            to = to[_end..];
            PageName.CopyTo(to);
            to = to[PageName.Length..];
            page.CopyTo(to);
            to[page.Length] = (byte)',';
            json[_end..].CopyTo(to[(page.Length + 1)..]);
        }

        private static string HashOf(ReadOnlySpan<byte> covered) => Convert.ToHexStringLower(XxHash128.Hash(covered));
    }
}
