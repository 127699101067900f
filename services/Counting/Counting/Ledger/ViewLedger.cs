using System.Globalization;
using Microsoft.Extensions.Options;
using PortalServices.Counting.Model;
using PortalServices.Counting.Store;
using StackExchange.Redis;

namespace PortalServices.Counting.Ledger;

/// <summary>
/// The commands of counting, one method each. Every write is a single command that the store either has or has not, so
/// all of them may be repeated. Errors: <see cref="RedisServerException"/> is the store's own answer and means that
/// nothing was written;
/// <see cref="UnclearCommitException"/> and any other exception of the client leave it unclear.
/// </summary>
internal sealed partial class ViewLedger(
    StoreConnection store,
    SiteList sites,
    TimeProvider time,
    IOptions<CountingOptions> options,
    ILogger<ViewLedger> logger,
    ChangedPages? changed = null,
    LedgerEpochs? epochs = null
)
{
    /// <summary>Most audit entries of a site.</summary>
    public const int MaxAuditEntries = 10_000;

    /// <summary>Most paths in one read.</summary>
    public const int MaxPathsPerRead = 4_000;

    /// <summary>Highest version of an article: scripts calculate with floating-point numbers on some stores.</summary>
    public const long MaxVersion = 1L << 53;

    /// <summary>Most articles that are marked at once: what a script unpacks is bounded on some stores.</summary>
    public const int MaxMarkedArticles = 500;

    private const int FirstNumberInReply = 7,
        NumbersInReply = 13,
        MarkInReply = FirstNumberInReply + NumbersInReply - 1;
    private const int MaxCalendars = 100;

    // A script is known to the process that was checked alone. Where its slot is being moved, or has been, the way to the
    // other one is not gone: that one would not know it, and pass for a process that was restarted.
    private const CommandFlags ThisProcess = CommandFlags.DemandMaster | CommandFlags.NoRedirect;
    private static readonly TimeSpan BetweenTries = TimeSpan.FromMilliseconds(100);
    private const int FieldsPerScan = 1_000;
    private readonly CountingOptions _options = options.Value;

    /// <summary>The checked process that holds a site's ledger.</summary>
    /// <inheritdoc cref="StoreConnection.ProcessOfAsync"/>
    public ValueTask<StoreProcess> ProcessOfAsync(string site) => store.ProcessOfAsync(CountingKeys.Ledger(site));

    /// <summary>
    /// Runs commands against the checked process that holds a site's ledger; once more when it turns out to have
    /// restarted.
    /// </summary>
    public Task<T> WithProcessAsync<T>(string site, Func<StoreProcess, Task<T>> command) =>
        store.WithProcessAsync(CountingKeys.Ledger(site), command);

    /// <summary>Likewise what may be repeated, until its outcome is clear or the time of an answer is over.</summary>
    /// <param name="site">The site.</param>
    /// <param name="command">Gets whether an earlier try may have done it.</param>
    public async Task<T> UntilClearAsync<T>(string site, Func<StoreProcess, bool, Task<T>> command)
    {
        var started = time.GetTimestamp();
        for (var mayBeDone = false; ; mayBeDone = true)
        {
            try
            {
                return await WithProcessAsync(site, process => command(process, mayBeDone));
            }
            catch (Exception e) when (StoreFailure.Is(e) && time.GetElapsedTime(started) < _options.AnswerWithin)
            {
                await Task.Delay(BetweenTries, time);
            }
        }
    }

    /// <summary>
    /// Stores a batch. When it returns <see cref="CommitState.Applied"/>, the batch is on disk and counted exactly
    /// once.
    /// </summary>
    /// <exception cref="DamagedLedgerException">The ledger is damaged. Where that shows in the reply alone, the batch
    /// is stored all the same.</exception>
    public Task<CommitReply> CommitAsync(
        StoreProcess process,
        string site,
        string lane,
        long sequence,
        CommitBatch batch
    ) => WatchAsync(process, site, () => SendAsync(process, site, lane, sequence, batch));

    private async Task<CommitReply> SendAsync(
        StoreProcess process,
        string site,
        string lane,
        long sequence,
        CommitBatch batch
    )
    {
        var database = store.Database;
        var ledger = CountingKeys.Ledger(site);
        var buckets = batch.Buckets;
        const int FirstPath = 17;
        var arguments = new RedisValue[FirstPath + batch.Paths.Count];
        arguments[0] = sequence;
        arguments[1] = lane;
        arguments[2] = buckets.Minute;
        arguments[3] = buckets.Hour;
        arguments[4] = buckets.Day;
        arguments[5] = buckets.Week;
        arguments[6] = (long)_options.ViewIdGeneration.TotalMilliseconds;
        arguments[7] = process.Fill.MaxIds(_options.ViewIdsPerGeneration, sites.All.Count);
        arguments[8] = process.Fill.MaxPages(_options.PagesPerSite);
        arguments[9] = batch.Views;
        arguments[10] = batch.Bots;
        arguments[11] = SecretCheckOf(site);
        arguments[12] = (long)_options.AnswerWithin.TotalMilliseconds;
        arguments[13] = process.Fill.IdCeiling(_options.ViewIdsPerGeneration);
        arguments[14] = batch.EarlierIds;
        arguments[15] = NewSecretCheckOf(site);
        arguments[16] = (long)_options.HashSettled.TotalMilliseconds;
        for (var i = 0; i < batch.Paths.Count; i++)
        {
            arguments[FirstPath + i] = batch.Paths[i];
        }

        using var write = await store.Writes.BeginAsync();
        // One round trip: everything is written to the connection in this order before the first answer is awaited.
        var sentAt = time.GetTimestamp();
        var visitors = VisitorStore.Add(database, site, batch);
        var script = database.ScriptEvaluateAsync(
            process.Scripts[LedgerScript.Commit],
            [ledger],
            arguments,
            ThisProcess
        );
        var durable =
            process.Kind == StoreKind.Garnet ? CommitLogAsync(database, ledger, lane, sequence) : Task.FromResult(true);
        // The script's own answer decides, and only an error that it gave itself says that nothing was written.
        await Task.WhenAll([script, durable, .. visitors]).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        var reply = await script;
        try
        {
            await Task.WhenAll(visitors);
            if (!await durable)
            {
                throw new UnclearCommitException("The store restarted between the commit and its receipt.");
            }
        }
        catch (RedisServerException e)
        {
            throw new UnclearCommitException("The batch may be stored, but not all that goes with it: " + e.Message, e);
        }

        return (string?)reply[0] switch
        {
            "applied" or "repeated" => new CommitReply(
                CommitState.Applied,
                (string)reply[1]!,
                See(site, ReadReply(process, site, reply, buckets.Day, buckets.Week, batch.Paths, sentAt)) with
                {
                    IsRepeated = (string?)reply[0] == "repeated",
                }
            ),
            "gap" => new CommitReply(
                CommitState.Gap,
                LastSequence: long.Parse((string)reply[1]!, CultureInfo.InvariantCulture)
            ),
            "secret" => throw store.RefuseSecret(site),
            "hash" => new CommitReply(CommitState.LacksIds),
            _ => new CommitReply(CommitState.Stale),
        };
    }

    /// <summary>The numbers of a site and of some pages as of one commit.</summary>
    public async Task<LedgerRead> ReadAsync(
        StoreProcess process,
        string site,
        long day,
        long week,
        IReadOnlyList<string> paths
    )
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(paths.Count, MaxPathsPerRead);
        var arguments = ReadArguments(day, week, paths);
        var sentAt = time.GetTimestamp();
        var reply = await EvaluateAsync(process, LedgerScript.Read, site, arguments);
        try
        {
            return See(site, ReadReply(process, site, reply, day, week, paths, sentAt));
        }
        catch (DamagedLedgerException)
        {
            await TryMarkAsync(process, site);
            throw;
        }
    }

    private RedisValue[] ReadArguments(long day, long week, IReadOnlyList<string> paths) =>
        [day, week, (long)_options.ViewIdGeneration.TotalMilliseconds, .. paths.Select(path => (RedisValue)path)];

    /// <summary>
    /// Applies a baseline or a correction once, or takes one back; what became of it, and the text that goes with that.
    /// </summary>
    /// <param name="process">The store.</param>
    /// <param name="site">The site.</param>
    /// <param name="adjustment">What changes; of one that is taken back, its opposite.</param>
    /// <param name="undo">It is taken back.</param>
    /// <param name="now">Which day and week are shown at the moment.</param>
    /// <param name="audit">The entry of the audit, JSON.</param>
    public async Task<(AdjustmentOutcome Outcome, string Text)> AdjustAsync(
        StoreProcess process,
        string site,
        Adjustment adjustment,
        bool undo,
        TimeBuckets now,
        string audit
    )
    {
        var ofSite = adjustment.Kind == AdjustmentKind.Correction || adjustment.Path is null;
        var reply = new ScriptReply(
            await WriteAsync(
                process,
                LedgerScript.Adjust,
                site,
                ByName(
                    ("kind", adjustment.Kind == AdjustmentKind.Correction ? "c" : "b"),
                    ("id", adjustment.Id),
                    ("action", undo ? "undo" : "apply"),
                    ("path", adjustment.Path ?? ""),
                    ("ofSite", ofSite ? "1" : "0"),
                    ("day", adjustment.Day),
                    ("week", adjustment.Week),
                    ("byTotal", adjustment.Views.Total),
                    ("byDay", adjustment.Views.Today),
                    ("byWeek", adjustment.Views.Week),
                    ("today", now.Day),
                    ("thisWeek", now.Week),
                    ("audit", audit),
                    ("maxAudits", MaxAuditEntries),
                    ("maxViews", Adjustment.MaxViews)
                )
            )
        );
        var outcome = Enum.Parse<AdjustmentOutcome>(reply.Text("outcome"), ignoreCase: true);
        if (outcome == AdjustmentOutcome.Applied && adjustment.Path is { } path)
        {
            changed?.Note(site, path, PageRecord.Parse(reply.Text("page")), reply.Version);
        }

        return (outcome, reply.Text("audit"));
    }

    private static RedisValue[] ByName(params ReadOnlySpan<(string Name, RedisValue Value)> arguments)
    {
        var values = new RedisValue[2 * arguments.Length];
        for (var i = 0; i < arguments.Length; i++)
        {
            (values[2 * i], values[(2 * i) + 1]) = (arguments[i].Name, arguments[i].Value);
        }

        return values;
    }

    /// <summary>
    /// Closes a week: its visitors become a number that no longer changes. <c>frozen</c> or <c>present</c>.
    /// </summary>
    public async Task<string> FreezeWeekAsync(StoreProcess process, string site, long week, long visitors) =>
        (string?)await WriteAsync(process, LedgerScript.FreezeWeek, site, [week, visitors]) ?? "";

    /// <summary>The versions of articles that are in the ledger, 0 of one that is not.</summary>
    public async Task<long[]> ReadVersionsAsync(
        StoreProcess process,
        string site,
        IReadOnlyList<ArticleMark> articles
    ) =>
        Array.ConvertAll(
            await ReadFieldsAsync(
                process,
                site,
                [.. articles.Select(article => CountingKeys.ArticleField(article.Article))]
            ),
            Number
        );

    /// <summary>
    /// Marks the pages of articles as published or takes their marks away, all in one write; returns how many articles
    /// that changed: of the others this version or a later one is in already.
    /// </summary>
    /// <param name="process">The store.</param>
    /// <param name="site">The site.</param>
    /// <param name="articles">At most <see cref="MaxMarkedArticles"/>, with some thousand pages.</param>
    public async Task<int> MarkPagesAsync(StoreProcess process, string site, IReadOnlyList<ArticleMark> articles)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(articles.Count, MaxMarkedArticles);
        var reply = new ScriptReply(
            await WriteAsync(
                process,
                LedgerScript.MarkPages,
                site,
                [
                    .. articles.SelectMany(article =>
                        (RedisValue[])
                            [
                                article.Article.ToString("N"),
                                article.Version,
                                article.IsPublished ? "1" : "0",
                                article.Paths.Count,
                                .. article.Paths,
                            ]
                    ),
                ]
            )
        );
        var marked = (int)reply.Number("marked");
        if (marked == 0)
        {
            return 0;
        }

        epochs?.See(site, reply.Version.Epoch);
        var pages = reply.Texts("pages");
        for (var i = 0; changed is not null && i < pages.Length; i += 2)
        {
            changed.Note(site, pages[i], PageRecord.Parse(pages[i + 1]), reply.Version);
        }

        return marked;
    }

    /// <summary>
    /// Moves the views of pages into "other", those that may be folded and had no view since a day; how many there
    /// were.
    /// </summary>
    public async Task<long> FoldPagesAsync(
        StoreProcess process,
        string site,
        long silentSince,
        int maxViews,
        IReadOnlyList<string> paths
    ) =>
        (long)
            await WriteAsync(
                process,
                LedgerScript.FoldPages,
                site,
                [silentSince, maxViews, .. paths.Select(path => (RedisValue)path)]
            );

    /// <summary>Removes what is left of folded pages; how many there were.</summary>
    public async Task<long> DropFoldedAsync(StoreProcess process, string site, IReadOnlyList<string> paths) =>
        (long)await WriteAsync(process, LedgerScript.DropFolded, site, [.. paths.Select(path => (RedisValue)path)]);

    /// <summary>
    /// Notes by which calendar the site's buckets are named from a minute on, unless the notes are others than those
    /// known; all notes, as <c>NoteCalendar.lua</c> tells them.
    /// </summary>
    public async Task<string> NoteCalendarAsync(
        StoreProcess process,
        string site,
        string calendar,
        long minute,
        string known
    ) =>
        (string?)await WriteAsync(process, LedgerScript.NoteCalendar, site, [calendar, minute, MaxCalendars, known])
        ?? "";

    /// <summary>Removes fields that nothing reads any more; how many there were.</summary>
    /// <remarks>
    /// By a script, which only the process knows that said they are not read: another one may hold an older state.
    /// </remarks>
    public async Task<long> RemoveAsync(StoreProcess process, string site, RedisValue[] fields) =>
        (long)await WriteAsync(process, LedgerScript.Remove, site, fields);

    /// <summary>
    /// Values of fields as of one commit, <c>""</c> where there is none. At most <see cref="MaxPathsPerRead"/>.
    /// </summary>
    public async Task<RedisValue[]> ReadFieldsAsync(StoreProcess process, string site, IReadOnlyList<string> fields)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(fields.Count, MaxPathsPerRead);
        RedisValue[] names = [.. fields.Select(field => (RedisValue)field)];
        return (RedisValue[])(await EvaluateAsync(process, LedgerScript.ReadFields, site, names))!;
    }

    /// <inheritdoc cref="ReadFieldsAsync(StoreProcess, string, IReadOnlyList{string})"/>
    public Task<RedisValue[]> ReadFieldsAsync(string site, IReadOnlyList<string> fields) =>
        WithProcessAsync(site, process => ReadFieldsAsync(process, site, fields));

    /// <summary>The text of a field, <c>""</c> where there is none.</summary>
    public async Task<string> ReadFieldAsync(StoreProcess process, string site, string field) =>
        (string?)(await ReadFieldsAsync(process, site, [field]))[0] ?? "";

    /// <summary>The number of a field, 0 where there is none.</summary>
    public static long Number(RedisValue field) => field.IsNullOrEmpty ? 0 : (long)field;

    /// <summary>
    /// Goes through the fields, some at a time, while commits go on: what is there from beginning to end is seen, what
    /// comes meanwhile may be. On Garnet only as long as no field is removed meanwhile: each hides another from the
    /// scan.
    /// </summary>
    /// <param name="site">The site.</param>
    /// <param name="pattern">Which fields, as of HSCAN.</param>
    public IAsyncEnumerable<HashEntry> ScanAsync(string site, string pattern) =>
        store.Database.HashScanAsync(
            CountingKeys.Ledger(site),
            pattern,
            FieldsPerScan,
            flags: CommandFlags.DemandMaster
        );

    /// <summary>Writes what is there already, to see whether the ledger takes it and has it on disk.</summary>
    public async Task<bool> TryWriteAsync(StoreProcess process, string site) =>
        !(await WriteAsync(process, LedgerScript.TryWrite, site, [SecretCheckOf(site)])).IsNull;

    private Task<RedisResult> WriteAsync(
        StoreProcess process,
        LedgerScript script,
        string site,
        RedisValue[] arguments
    ) => WatchAsync(process, site, () => EvaluateAsync(process, script, site, arguments));

    private async Task<RedisResult> EvaluateAsync(
        StoreProcess process,
        LedgerScript script,
        string site,
        RedisValue[] arguments
    )
    {
        using var write = await store.Writes.BeginAsync();
        return await OnDiskAsync(
            process,
            site,
            store.Database.ScriptEvaluateAsync(
                process.Scripts[script],
                [CountingKeys.Ledger(site)],
                arguments,
                ThisProcess
            )
        );
    }

    /// <summary>
    /// What a script answers, once all that it wrote, or saw, is on disk. Redis answers no sooner; Garnet shows what
    /// its log has not written yet, and what it may never write.
    /// </summary>
    private async Task<RedisResult> OnDiskAsync(StoreProcess process, string site, Task<RedisResult> script)
    {
        if (process.Kind == StoreKind.Redis)
        {
            return await script;
        }

        // A process that restarted in between does not know the script behind them: what it was told to commit is not
        // what the first one did.
        var database = store.Database;
        var durable = database.ExecuteAsync("COMMITAOF");
        var same = database.ScriptEvaluateAsync(
            process.Scripts[LedgerScript.ReadFields],
            [CountingKeys.Ledger(site)],
            [CountingKeys.AuditEntries],
            CommandFlags.DemandMaster
        );
        await Task.WhenAll((Task[])[script, durable, same]).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        var reply = await script;
        try
        {
            await Task.WhenAll(durable, same);
        }
        catch (RedisServerException e)
        {
            throw new UnclearCommitException("It may not be on disk: " + e.Message, e);
        }

        return reply;
    }

    /// <summary>
    /// Garnet's log reaches the file on COMMITAOF. The receipt read back behind it proves that both ran in one and the
    /// same process.
    /// </summary>
    private static async Task<bool> CommitLogAsync(IDatabase database, RedisKey ledger, string lane, long sequence)
    {
        var commit = database.ExecuteAsync("COMMITAOF");
        var receipt = database.HashGetAsync(ledger, CountingKeys.ReceiptField(lane), CommandFlags.DemandMaster);
        await Task.WhenAll(commit, receipt);
        return ((string?)await receipt)?.Split(' ', 2)[0] == sequence.ToString(CultureInfo.InvariantCulture);
    }

    private LedgerRead See(string site, LedgerRead read)
    {
        epochs?.See(site, read.Site.Version.Epoch);
        return read;
    }

    private static LedgerRead ReadReply(
        StoreProcess process,
        RedisResult reply,
        long day,
        long week,
        IReadOnlyList<string> paths,
        long sentAt
    )
    {
        const int First = FirstNumberInReply;
        long Number(int index) =>
            reply[First + index].IsNull || (string)reply[First + index]! is "" ? 0 : (long)reply[First + index];
        var open = ((string?)reply[First + 10] ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var site = new SiteNumbers
        {
            Version = new LedgerVersion((long)reply[3], (long)reply[4]),
            IdHorizon = (long)reply[5],
            NeedsEarlierIds = (long)reply[6] != 0,
            Day = day,
            Week = week,
            CountedTotal = Number(0),
            CountedDay = Number(1),
            CountedWeek = Number(2),
            AdjustedTotal = Number(3) + Number(6),
            AdjustedDay = Number(4) + Number(7),
            AdjustedWeek = Number(5) + Number(8),
            FrozenVisitors = Number(9),
            OpenWeeks = Array.ConvertAll(open, name => long.Parse(name, CultureInfo.InvariantCulture)),
            StoreLoss = ((string?)reply[First + 11] ?? "").Length > 0,
        };
        var pages = new KeyValuePair<string, PageRecord>[paths.Count];
        for (var i = 0; i < pages.Length; i++)
        {
            pages[i] = new(paths[i], PageRecord.Parse((byte[]?)reply[First + NumbersInReply + i]));
        }

        return new LedgerRead(process.RunId, (long)reply[2], sentAt, site, pages);
    }
}

/// <summary>
/// Numbers read from a ledger: the store's process and time (ms), when the question was sent (local timestamp), the
/// site, the pages asked for.
/// </summary>
internal sealed record LedgerRead(
    string RunId,
    long StoreTime,
    long SentAt,
    SiteNumbers Site,
    KeyValuePair<string, PageRecord>[] Pages
)
{
    /// <summary>The batch was in before: others may have changed other pages since.</summary>
    public bool IsRepeated { get; init; }
}

/// <summary>
/// What became of a batch: its state, a letter for each view, the numbers behind it, and in a gap the last sequence the
/// store knows.
/// </summary>
internal sealed record CommitReply(
    CommitState State,
    string Outcome = "",
    LedgerRead? Numbers = null,
    long LastSequence = 0
)
{
    /// <summary>What became of a view, by its place in the batch.</summary>
    public ViewFate FateOf(int view) => ViewFates.OfLetter(Outcome[view]);
}

internal enum CommitState
{
    Applied,

    /// <summary>The store lost commits of this lane that it had acknowledged. The batch was not applied.</summary>
    Gap,

    /// <summary>A later batch of the lane is in: this one was clear long ago.</summary>
    Stale,

    /// <summary>
    /// The ledger has ids by the earlier hash, which the batch has not: nothing was written. So is one that was put back
    /// from before it had only new ones.
    /// </summary>
    LacksIds,
}
