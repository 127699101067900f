using System.Buffers.Binary;
using System.Text;
using PortalServices.Counting.Model;
using PortalServices.Counting.Store;

namespace PortalServices.Counting.Ledger;

/// <summary>
/// What one commit sends: views and bots of one site whose stamps lie in one minute. It is sent again unchanged until
/// its outcome is clear.
/// </summary>
internal sealed class CommitBatch(int maxViews = CommitBatch.MaxViews)
{
    /// <summary>
    /// Most views in a batch: a script may hand at most about 8,000 values to a command on Redis, and a view may need 8
    /// of them.
    /// </summary>
    public const int MaxViews = 256;

    // Above the index of any page: the view is a bot's, of the reason behind it.
    private const int BotFlag = 0x8000;

    private const int ViewBytes = 16,
        IdBytes = sizeof(ulong);
    private const int FieldBytes = 256;

    private readonly Dictionary<string, int> _pages = new(maxViews, StringComparer.Ordinal);
    private readonly List<string> _paths = new(maxViews);
    private readonly byte[] _views = new byte[maxViews * ViewBytes];
    private byte[]? _earlierIds;
    private bool _lacksEarlierIds;
    private readonly List<(string Reason, int Requests)> _bots = [];
    private int _viewCount;

    public required TimeBuckets Buckets { get; init; }

    public IReadOnlyList<string> Paths => _paths;

    public ReadOnlyMemory<byte> Views => _views.AsMemory(0, _viewCount * ViewBytes);

    /// <summary>
    /// The same views' fingerprints by the earlier hash, in the same order; empty when any of them has none.
    /// </summary>
    public ReadOnlyMemory<byte> EarlierIds =>
        _lacksEarlierIds ? default : _earlierIds.AsMemory(0, _viewCount * IdBytes);

    /// <summary>Visitors whose adds are not known to be stored yet.</summary>
    public List<VisitorNames> Visitors { get; } = new(maxViews);

    public string Bots => string.Join(' ', _bots.Select(bot => $"{bot.Reason} {bot.Requests}"));

    /// <summary>
    /// By how many bytes the store's hash grows at the most, should every page and id be new to it; measured on Garnet,
    /// which takes more than Redis.
    /// </summary>
    public long MaxGrowth =>
        _paths.Sum(path => FieldBytes + Encoding.UTF8.GetByteCount(path)) + (_viewCount * StoreFill.IdBytes);

    /// <summary>Adds a view; its place in the outcome.</summary>
    /// <param name="path">Page identity.</param>
    /// <param name="id">Fingerprint of the view id, 0 for a view without one.</param>
    /// <param name="firstSent">When the client first sent it, store time in ms.</param>
    /// <param name="earlierId">Its fingerprint by the earlier hash; null where that was not made.</param>
    public int AddView(string path, ulong id, long firstSent, ulong? earlierId = null) =>
        AddView(PageIndex(path) + 1, id, firstSent, earlierId);

    /// <summary>
    /// Adds a request of a bot, and the page whose numbers it is shown. One with an id counts once, as a view does.
    /// </summary>
    public void AddBot(string path, string reason, ulong id = 0, long firstSent = 0, ulong? earlierId = null)
    {
        PageIndex(path);
        var index = _bots.FindIndex(bot => bot.Reason == reason);
        if (index < 0)
        {
            index = _bots.Count;
            _bots.Add((reason, 0));
        }

        if (id == 0)
        {
            _bots[index] = (reason, _bots[index].Requests + 1);
        }
        else
        {
            AddView(BotFlag + index + 1, id, firstSent, earlierId);
        }
    }

    public int PageIndex(string path)
    {
        if (!_pages.TryGetValue(path, out var index))
        {
            index = _paths.Count;
            _pages.Add(path, index);
            _paths.Add(path);
        }

        return index;
    }

    private int AddView(int index, ulong id, long firstSent, ulong? earlierId)
    {
        if (earlierId is { } earlier)
        {
            _earlierIds ??= new byte[maxViews * IdBytes];
            BinaryPrimitives.WriteUInt64BigEndian(_earlierIds.AsSpan(_viewCount * IdBytes), earlier);
        }
        else
        {
            _lacksEarlierIds = true;
        }
        var view = _views.AsSpan(_viewCount * ViewBytes, ViewBytes);
        BinaryPrimitives.WriteUInt64BigEndian(view, id);
        // 16 bits of the page's index follow the 48 bits of the instant.
        BinaryPrimitives.WriteUInt64BigEndian(view[8..], ((ulong)Math.Max(0, firstSent) << 16) | (uint)index);
        return _viewCount++;
    }

    public override string ToString() =>
        new StringBuilder().Append(_viewCount).Append(" views of ").Append(_paths.Count).Append(" pages").ToString();
}
