using System.Globalization;
using System.IO.Hashing;
using System.Text;
using Microsoft.Extensions.Options;
using PortalServices.Counting.Ledger;
using PortalServices.Counting.Model;
using PortalServices.Counting.Store;

namespace PortalServices.Counting.ReportStoreLoss;

/// <summary>
/// The last acknowledged state of each ledger in a file beside the store, for a host whose store has nobody else who
/// would remember. At most <see cref="Every"/> behind what was acknowledged: a store that was set back by less than
/// that, and a process that was killed, go unseen. Nothing waits for the file; where it is missing or broken, what the
/// store had is unknown.
/// </summary>
/// <remarks>A line a site and state, <c>site epoch commit views</c>, and a last one with a checksum of them; more than
/// one of a site while earlier ones were not compared with the store yet. It is written anew, beside, and put in its
/// place.</remarks>
internal sealed partial class AcknowledgedFile(
    SiteList sites,
    AcknowledgedStates acknowledged,
    IOptions<CountingOptions> options,
    ILogger<AcknowledgedFile> logger
) : IPeriodicWork
{
    public static readonly TimeSpan Every = TimeSpan.FromSeconds(5);

    private const string Checksum = "checksum ";
    private const long MaxBytes = 1 << 20;
    private readonly SortedDictionary<string, IReadOnlyList<LedgerState>> _kept = new(StringComparer.Ordinal);
    private string _written = "";

    public string Name => "keeping what was acknowledged";

    private string Path => options.Value.AcknowledgedFile;

    /// <summary>Reads the file: what it tells is expected of the store.</summary>
    public void Load()
    {
        if (Path.Length == 0)
        {
            return;
        }

        try
        {
            if (!File.Exists(Path))
            {
                return;
            }

            _written =
                new FileInfo(Path).Length <= MaxBytes
                    ? File.ReadAllText(Path)
                    : throw new FormatException("it is too long");
            foreach (var site in Read(_written).GroupBy(each => each.Site, each => each.State))
            {
                _kept[site.Key] = [.. site];
                foreach (var state in site)
                {
                    acknowledged.Expect(site.Key, state);
                }
            }
        }
        catch (Exception e)
            when (e is IOException or UnauthorizedAccessException or FormatException or OverflowException)
        {
            LogUnreadable(Path, e.Message);
        }
    }

    public Task<TimeSpan> RunAsync(CancellationToken stopping)
    {
        if (Path.Length == 0)
        {
            return Task.FromResult(IPeriodicWork.Finished);
        }

        Write();
        return Task.FromResult(Every);
    }

    public Task EndAsync()
    {
        if (Path.Length > 0)
        {
            Write();
        }

        return Task.CompletedTask;
    }

    /// <summary>What a file tells.</summary>
    /// <exception cref="FormatException">It is not whole.</exception>
    internal static IReadOnlyList<(string Site, LedgerState State)> Read(string text)
    {
        var end = text.LastIndexOf(Checksum, StringComparison.Ordinal);
        if (end < 0 || text[end..] != ChecksumOf(text[..end]))
        {
            throw new FormatException("its checksum does not fit");
        }

        return
        [
            .. text[..end]
                .Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Select(line =>
                    line.Split(' ') switch
                    {
                        [var site, var epoch, var commit, var views] => (
                            site,
                            new LedgerState(new LedgerVersion(Number(epoch), Number(commit)), Number(views))
                        ),
                        _ => throw new FormatException("a line is none"),
                    }
                ),
        ];
    }

    internal static string Text(IEnumerable<(string Site, LedgerState State)> states)
    {
        var lines = string.Concat(
            states.Select(each =>
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{each.Site} {each.State.Version.Epoch} {each.State.Version.Commit} {each.State.Views}\n"
                )
            )
        );
        return lines + ChecksumOf(lines);
    }

    private static string ChecksumOf(string lines) =>
        $"{Checksum}{XxHash64.HashToUInt64(Encoding.UTF8.GetBytes(lines)):x16}\n";

    private static long Number(string text) => long.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture);

    private void Write()
    {
        // Sites that are not in the list at the moment keep what is known of them.
        foreach (var site in sites.All)
        {
            if (acknowledged.Of(site.Id) is { Count: > 0 } states)
            {
                _kept[site.Id] = states;
            }
        }

        var text = Text(_kept.SelectMany(site => site.Value.Select(state => (site.Key, state))));
        if (_kept.Count == 0 || text == _written)
        {
            return;
        }

        var next = Path + ".new";
        using (var file = new FileStream(next, FileMode.Create, FileAccess.Write))
        {
            file.Write(Encoding.UTF8.GetBytes(text));
            file.Flush(flushToDisk: true);
        }

        File.Move(next, Path, overwrite: true);
        _written = text;
    }

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "{File} cannot be read ({Reason}): whether the store has all that it had acknowledged is unknown. The file is written anew."
    )]
    private partial void LogUnreadable(string file, string reason);
}
