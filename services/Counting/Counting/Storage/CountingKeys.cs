using StackExchange.Redis;

namespace PortalServices.Counting.Storage;

// The schema of counting in the store. This file and the ledger's scripts are the only places that spell a key or a field.
//
// All keys of a site share the hash tag {site}, so that a site lives on one slot of a Cluster.
//
//   key                                type  meaning                                                     expiry
//   {site}:ledger                      hash  all that must be exact (fields below)                       never
//   {site}:visitors:week:<week>        HLL   distinct visitors of a week                                 8 days after it was frozen
//   {site}:visitors:day:<day>          HLL   distinct visitors of a day                                  3 days after its start
//   {site}:visitors:minute:<minute>    HLL   distinct visitors of a minute, merged for "online"          2 hours
//   {site}:visitors:online             HLL   scratch of a store that cannot count several HLLs at once   never: one a site
//   {site}:visitor-key:<week>          str   32 random bytes that key the visitors' hash in that week    9 days after it was made
//
//   A bucket (<minute>, <hour>, <day>, <week>) is named by the UTC instant of its local start in whole minutes since 1970.
//
//   field of the ledger                meaning
//   n  epoch  run  t                   commit number; store epoch; run id of the store's process that wrote last; ledger time, ms
//   v  m:<minute> h:<hour> d:<day> w:<week>   counted views: total and by bucket
//   bt bd:<day> bw:<week>              baselines of the site: total, and the parts of a day and a week
//   ct cd:<day> cw:<week>              corrections, likewise
//   fv fw:<week>  ow                   visitors of closed weeks: sum, and by week; the weeks still open, separated by spaces
//   p:<path>   p:*                     a page's record; the pages past the cap, together. "counted|baseline|correction|flags":
//                                        counted  = total, day, its views, day before, its views, week, its views, week before, its views
//                                        baseline = total, day, its part, week, its part        flags = "published" or nothing
//   pn                                 pages that have a record
//   g                                  generations of view ids, current then previous: number, began (ms), ids
//   i:<generation>:<level>:<shard>     6 bytes of each id in it; levels have 64, 1024, 16384, 65536 shards, <shard> is two bytes
//   r:<lane>                           receipt of a writer: last sequence, when (ms), one letter for each view of that batch
//   bot:<day>:<reason>                 requests of bots
//   an  a:<number>  bl:<id>            audit entries: how many, each (JSON); the entry that applied a baseline
internal static class CountingKeys
{
    public static RedisKey Ledger(string site) => $"{{{site}}}:ledger";

    public static RedisKey WeekVisitors(string site, long week) => $"{{{site}}}:visitors:week:{week}";

    public static RedisKey DayVisitors(string site, long day) => $"{{{site}}}:visitors:day:{day}";

    public static RedisKey MinuteVisitors(string site, long minute) => $"{{{site}}}:visitors:minute:{minute}";

    public static RedisKey OnlineScratch(string site) => $"{{{site}}}:visitors:online";

    public static RedisKey VisitorKey(string site, long week) => $"{{{site}}}:visitor-key:{week}";

    public static RedisValue ReceiptField(string lane) => "r:" + lane;
}
