using PortalServices.ServiceDefaults;
using PortalServices.Testing;

namespace PortalServices.Standalone.Tests.EmbeddedStores;

public sealed class LabTests
{
    [Theory]
    [InlineData("fresh")]
    [InlineData("restarted")]
    [InlineData("checkpoint")]
    [InlineData("page")]
    [InlineData("segment")]
    [InlineData("restart-after-checkpoint")]
    public async Task Cuts(string history)
    {
        using var original = new TemporaryDirectory(); using var kill = new TemporaryDirectory();
        async Task<(long, long)> Tail(StoreRun r) { var i = ((string)(await r.Database.ExecuteAsync("INFO", "persistence"))!).Split("\r\n"); long G(string n) => long.Parse(i.Single(x => x.StartsWith(n + ":"))[(n.Length + 1)..]); return (G("BeginAddress"), G("TailAddress")); }
        long from = 0, to = 0; int committed = 0;
        async Task Run(string dir, Func<StoreRun, Task> act) { await using var r = await StoreRun.StartAsync(dir); await act(r); await r.CommitAsync(0); r.CopyTo(kill.Path); (_, to) = await Tail(r); committed = await r.LastWholeCommitAsync(); }
        async Task Last(StoreRun r, int f = 40) { from = (await Tail(r)).Item2; await r.CommitAsync(2, f); }
        switch (history)
        {
            case "fresh": await Run(original.Path, async r => { await r.CommitAsync(4); await Last(r); }); break;
            case "restarted": await Run(original.Path, async r => await r.CommitAsync(40)); await Run(original.Path, async r => { await Last(r); }); break;
            case "checkpoint": await Run(original.Path, async r => { await r.CommitAsync(20); await r.CheckpointAsync(); await r.CommitAsync(1); await Last(r); }); break;
            case "restart-after-checkpoint": await Run(original.Path, async r => { await r.CommitAsync(20); await r.CheckpointAsync(); await r.CommitAsync(4); }); await Run(original.Path, async r => { await Last(r); }); break;
            case "page": await Run(original.Path, async r => { await r.CommitAsync(5, 14000); await r.CommitAsync(1,14000); await Last(r, 14000); }); break;
            case "segment": await Run(original.Path, async r => { await r.CommitAsync(11, 14000);  await Last(r, 14000); await r.CommitAsync(1, 40);}); break;
        }
        Console.WriteLine($"{history}: cut between {from} and {to}, committed {committed}");
        var results = new List<(long, string)>();
        int n = 40;
        for (int k = 0; k < n; k++)
        {
            var at = to - (to - from) * k / (n - 1);
            using var cut = new TemporaryDirectory(); Folders.Copy(kill.Path, cut.Path);
            foreach (var seg in Directory.GetFiles(Path.Combine(cut.Path, "store", "AOF"), "aof.log.*")) { long idx = long.Parse(seg[(seg.LastIndexOf('.') + 1)..]); var keep = Math.Clamp(at - idx * 4194304, 0, 4194304); using var f = File.OpenWrite(seg); if (f.Length > keep) f.SetLength(keep); }
            var before = Folders.Contents(cut.Path);
            string res;
            try
            {
                await using (var r = await StoreRun.StartAsync(cut.Path)) { int w; try { w = await r.LastWholeCommitAsync(); res = "ok " + w; } catch (Exception x) { res = "TORN " + x.Message.Split('\n')[0]; } }
                await using (var r = await StoreRun.StartAsync(cut.Path)) { var w = await r.LastWholeCommitAsync(); await r.CommitAsync(2); res += " then " + await r.LastWholeCommitAsync(); using var k2 = new TemporaryDirectory(); r.CopyTo(k2.Path); await using var r2 = await StoreRun.StartAsync(k2.Path); if (await r2.LastWholeCommitAsync() != w + 2) res += " LOST"; }
            }
            catch (StartupException x) { res = "refused " + x.Message.Replace(cut.Path, ""); if (!Folders.Contents(cut.Path).SequenceEqual(before)) res += " TOUCHED"; }
            results.Add((at, res));
        }
        foreach (var g in results.GroupBy(x => x.Item2)) Console.WriteLine($"   {g.Min(x => x.Item1)}..{g.Max(x => x.Item1)} x{g.Count()}: {g.Key}");
    }
}
