using System.Globalization;
using System.Text;
using PortalServices.Counting.Model;
using StackExchange.Redis;

namespace PortalServices.Counting.Ledger;

// The schema of counting in the store. This file and the ledger's scripts are the only places that spell a key or a
// field.
//
// All keys of a site share the hash tag {site}, so that a site lives on one slot of a Cluster. One key belongs to no
// site. A bucket (<minute>, <hour>, <day>, <week>) is named by the UTC instant of its local start in whole minutes
// since 1970.
//
// key, its type                            meaning; when it expires
// {site}:ledger                      hash  all that must be exact (fields below); never
// {site}:visitors:week:<week>        HLL   distinct visitors of a week; 8 days after it was frozen
// {site}:visitors:day:<day>          HLL   distinct visitors of a day; 3 days after its start
// {site}:visitors:online:<minute>    HLL   distinct visitors of a minute, merged for "online", named by the key of the
//                                          minute's day; 2 hours
// …:online:<minute>:<utc day>        HLL   the same visitors, named by the key of the day before; 2 hours
// {site}:visitors:online             HLL   scratch of a store that cannot count several HLLs at once; never, one a site
// {site}:visitor-key:<week>          str   32 random bytes that key the visitors' hash in that week; with its week,
//                                          else 9 days
// {site}:online-key:<utc day>        str   32 random bytes that key the hash of who is online; 2 hours after the day
// {site}:housekeeping                str   a process does the site's housekeeping, or did lately; the time between two
//                                          turns
// counting:dead-letters              hash  messages that a consumer of counting failed on, JSON by
//                                          "<message id, 32 hexadecimal digits>.<consumer>"; never; bounded by
//                                          a setting
//
// field of the ledger                meaning
// z                                  calendars that buckets are named by: since (unix minute), zone, first day of the
//                                    week; separated by ";"
// n  epoch  run  t                   commit number; store epoch; run id of the store's process that wrote last; ledger
//                                    time, ms
// ef                                 number of the commit that the epoch began with, and that epoch
// sc                                 check value of the secret that ids and visitors are hashed with: 16 hexadecimal
//                                    digits; another one, once ih is there
// ih                                 number of the first generation whose ids are made by SipHash; those before it, and
//                                    all while it is not there, are made by HMAC-SHA256
// hk                                 while ih is not there: the commit that a process wrote last which knows it, and
//                                    since when only such processes wrote (ms)
// sl                                 acknowledged commits that the store lost and no operator has acknowledged yet:
//                                    expected and found epoch, commit number, counted views, when it was noted (ms);
//                                    empty once acknowledged
// rf                                 only with such a loss, and after a restore until the next start has noted it:
//                                    when the backup was made that the store was put back from last (ms); empty once
//                                    acknowledged
// le  la                             the epoch that began when the last loss was noted; the audit entry that
//                                    acknowledged the last one
// dm                                 only in a ledger that was found damaged: since when (ms), and what is wrong. No
//                                    process writes to it meanwhile
// v  m:<minute>  h:<hour>            counted views: total and by bucket
//    d:<day>  w:<week>
// bt  bd:<day>  bw:<week>            baselines of the site: total, and the parts of a day and a week
// ct  cd:<day>  cw:<week>            corrections, likewise
// fv  fw:<week>  ow                  visitors of closed weeks: sum, and by week; the weeks still open, separated by
//                                    spaces
// p:<path>  p:*                      a page's record; the pages past the cap, together.
//                                    "counted|baseline|correction|flags", or empty: folded into the pages past the cap
//                                      counted    total, day, its views, day before, its views, week, its views, week
//                                                 before, its views
//                                      baseline,  likewise; of earlier versions total, day, its part, week, its part
//                                      correction
//                                      flags      the articles that mark it as published, or nothing
// pn                                 pages that have a record
// v:<article>                        version of the event that marked its pages last; <article> is 32 hexadecimal
//                                    digits
// g                                  generations of view ids, current then previous: number, began (ms), ids
// i:<generation>:<level>:<shard>     6 bytes of each id in it; levels have 64, 4096, 65536 shards, <shard> is two bytes
// r:<lane>                           receipt of a writer: last sequence, when (ms), one letter for each view of that
//                                    batch
// bot:<day>:<reason>                 requests of bots
// an  a:<number>                     audit entries: how many, each (JSON)
// bl:<id>  cl:<id>                   a baseline, a correction: number of the entry that applied it, and of the one that
//                                    took it back
internal static class CountingKeys
{
    public static RedisKey Ledger(string site) => $"{{{site}}}:ledger";

    /// <summary>Pattern of the ledgers of all sites.</summary>
    public const string Ledgers = "{*}:ledger";

    /// <summary>The site of a ledger's key; null of a key that only looks like one.</summary>
    public static string? SiteOf(RedisKey ledger) =>
        ((string)ledger!)[1..^"}:ledger".Length] is var site && IsSite(site) ? site : null;

    /// <summary>Whether a site may be called so.</summary>
    public static bool IsSite(string id) =>
        id.Length is > 0 and <= 32
        && id[0] != '-'
        && id.All(letter => char.IsAsciiLetterLower(letter) || char.IsAsciiDigit(letter) || letter == '-');

    public static RedisKey WeekVisitors(string site, long week) => $"{{{site}}}:visitors:week:{week}";

    public static RedisKey DayVisitors(string site, long day) => $"{{{site}}}:visitors:day:{day}";

    /// <param name="site">The site.</param>
    /// <param name="minute">The minute.</param>
    /// <param name="utcDay">Of the key that names them, when it is not the minute's own.</param>
    public static RedisKey OnlineVisitors(string site, long minute, long? utcDay = null) =>
        utcDay is null ? $"{{{site}}}:visitors:online:{minute}" : $"{{{site}}}:visitors:online:{minute}:{utcDay}";

    public static RedisKey OnlineScratch(string site) => $"{{{site}}}:visitors:online";

    public static RedisKey OnlineKey(string site, long utcDay) => $"{{{site}}}:online-key:{utcDay}";

    public static RedisKey VisitorKey(string site, long week) => $"{{{site}}}:visitor-key:{week}";

    /// <summary>The notes of calendars.</summary>
    public const string Calendars = "z";

    public static RedisKey Housekeeping(string site) => $"{{{site}}}:housekeeping";

    /// <summary>The dead letters of counting, of all sites.</summary>
    public static readonly RedisKey DeadLetters = "counting:dead-letters";

    public static RedisValue DeadLetterField(Guid messageId, string consumer) => $"{messageId:N}.{consumer}";

    /// <summary>Pattern of the pages' records, the pages past the cap left out.</summary>
    public const string PageFields = "p:/*";

    /// <summary>
    /// What a sweep needs to know beforehand: how many pages there are, the generations of view ids, the ledger's time.
    /// </summary>
    public static readonly IReadOnlyList<string> SweepHead = ["pn", "g", "t"];

    /// <summary>The generations of view ids.</summary>
    public const string Generations = "g";

    /// <summary>
    /// All shards that a generation of view ids may have at a level, as <c>ViewLedger.Commit.lua</c> names them.
    /// </summary>
    public static IEnumerable<RedisValue> IdShards(long generation, int level)
    {
        var (high, low) = level switch
        {
            1 => (1, 64),
            2 => (16, 256),
            _ => (256, 256),
        };
        var prefix = Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"i:{generation}:{level}:"));
        return Enumerable
            .Range(0, high * low)
            .Select(shard => (RedisValue)(byte[])[.. prefix, (byte)(shard / low), (byte)(shard % low)]);
    }

    public const string AuditEntries = "an";

    public const string SecretCheck = "sc";

    /// <summary>The first generation of ids by the new hash.</summary>
    public const string FirstSipHashGeneration = "ih";

    /// <summary>What was written last by a process that knows it.</summary>
    public const string LastKnowing = "hk";

    public const string DamageMark = "dm";

    public const string OpenLoss = "sl",
        LossEntry = "la",
        RestoredFrom = "rf";

    /// <summary>What a backup notes of a ledger, beside the numbers of a day and a week.</summary>
    public static readonly IReadOnlyList<string> Totals =
    [
        "n",
        "epoch",
        "v",
        "bt",
        "ct",
        "pn",
        "an",
        OpenLoss,
        SecretCheck,
    ];

    /// <summary>Counted, carried in and corrected views of a day.</summary>
    public static IReadOnlyList<string> TotalsOfDay(long day) => [$"d:{day}", $"bd:{day}", $"cd:{day}"];

    /// <summary>Likewise of a week.</summary>
    public static IReadOnlyList<string> TotalsOfWeek(long week) => [$"w:{week}", $"bw:{week}", $"cw:{week}"];

    public static RedisValue ReceiptField(string lane) => "r:" + lane;

    /// <summary>The path of a page's field; null of another one, and of the pages past the cap.</summary>
    public static string? PathOf(string field) => field.StartsWith("p:/", StringComparison.Ordinal) ? field[2..] : null;

    /// <summary>The version of the event that marked an article's pages last.</summary>
    public static string ArticleField(Guid article) => $"v:{article:N}";

    public static string AuditField(long number) => string.Create(CultureInfo.InvariantCulture, $"a:{number}");

    public static string AdjustmentField(AdjustmentKind kind, string id) =>
        (kind == AdjustmentKind.Correction ? "cl:" : "bl:") + id;

    public static string BotField(long day, string reason) =>
        string.Create(CultureInfo.InvariantCulture, $"bot:{day}:{reason}");

    public static string CountedField(TrafficStep step, long bucket) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{step switch
    {
        TrafficStep.Minute => 'm',
        TrafficStep.Hour => 'h',
        _ => 'd',
    }}:{bucket}"
        );

    public static string CorrectedField(long day) => string.Create(CultureInfo.InvariantCulture, $"cd:{day}");
}
