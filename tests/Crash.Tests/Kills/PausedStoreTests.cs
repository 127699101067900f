using System.Diagnostics;
using System.Globalization;
using System.Net;
using PortalServices.Testing;
using PortalServices.Testing.Portal;
using PortalServices.Testing.Shapes;
using PortalServices.Testing.Store;

namespace PortalServices.Crash.Tests.Kills;

/// <summary>
/// A store that stands still keeps the batches in its sockets and runs them when it goes on: by then their ids may be out of memory, and the
/// same views were sent to another process.
/// </summary>
public sealed class PausedStoreTests
{
    private const int Views = 400;
    private const int Rounds = 3;
    private static readonly TimeSpan Generation = TimeSpan.FromSeconds(2);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_batch_that_arrives_after_its_ids_were_forgotten_doubles_nothing()
    {
        await using var portal = await ServicesShape.StartNewAsync(new PortalSettings
        {
            Gateway = false,
            Counting = new Dictionary<string, string>
            {
                ["Counting:ViewIdGeneration"] = Generation.ToString("c", CultureInfo.InvariantCulture),
                ["Counting:AnswerWithin"] = "00:00:01",
            },
        });
        await using var store = await portal.ConnectToStoreAsync();
        // Both processes know the store and have a lane before it stands still.
        foreach (var replica in portal.Replicas)
            await UntilAnsweredAsync(new PausedView("/warm-up"), replica.Internal);

        List<PausedView> all = [];
        for (var round = 0; round < Rounds; round++)
        {
            var views = Enumerable.Range(0, Views).Select(i => new PausedView($"/round/{round}/{i}")).ToArray();
            all.AddRange(views);
            var sending = Task.WhenAll(views.Select(view => SendAsync(view, portal.Replicas[0].Internal)));
            await Eventually.HoldsAsync(() => views.Any(view => view.Counted) || sending.IsCompleted, "the first answers", Cancel);
            portal.Redis.Pause();
            var paused = Stopwatch.StartNew();
            await sending;

            // The same ids elsewhere; there, too, they wait in a socket.
            await Task.WhenAll(views.Select(view => SendAsync(view, portal.Replicas[1].Internal)));
            await Eventually.HoldsAsync(() => paused.Elapsed > 3 * Generation, "the ids' window to pass", Cancel);
            portal.Redis.Resume();
            await Task.WhenAll(views.Select((view, i) => UntilAnsweredAsync(view, portal.Replicas[i % 2].Internal)));
        }

        Assert.All(await portal.TerminateAsync(), code => Assert.Equal(0, code));
        var ledger = await Ledger.ReadAsync(store, "site");
        Assert.Empty(ledger.Contradictions());
        Assert.All(all, view => Assert.InRange(ledger.Pages.GetValueOrDefault(view.Page), view.Counted ? 1 : 0, 1));
        // The pause did hit some in the middle: not every view was answered at its first sending.
        Assert.Contains(all, view => view.Sendings > 1);
    }

    private static async Task UntilAnsweredAsync(PausedView view, PortalClient door)
    {
        while (!view.Answered)
            if (!await SendAsync(view, door))
                await Task.Delay(50, Cancel);
    }

    /// <summary>Sends once; true when the answer settles the view: counted, or too old to count.</summary>
    private static async Task<bool> SendAsync(PausedView view, PortalClient door)
    {
        if (view.Answered)
            return true;
        var reply = await door.ViewAsync("site", view.NextSending(), Cancel);
        switch (reply.Status)
        {
            case HttpStatusCode.OK:
                Assert.True(reply.Counted || reply.Reason == "duplicate", reply.ToString());
                Assert.False(reply.Counted && view.Counted, $"{view.Page} was counted twice.");
                return view.Counted = view.Answered = true;
            case HttpStatusCode.Gone:
                Assert.Equal("view_expired", reply.Code);
                return view.Answered = true;
            default:
                Assert.Equal(HttpStatusCode.ServiceUnavailable, reply.Status);
                return false;
        }
    }

    /// <summary>A view with its id, and its age since it was first sent.</summary>
    private sealed class PausedView(string page)
    {
        private readonly string _id = ViewCall.NewId();
        private readonly Stopwatch _sinceFirst = new();

        public string Page => page;

        public int Sendings { get; private set; }

        public bool Counted { get; set; }

        public bool Answered { get; set; }

        public ViewCall NextSending()
        {
            Sendings++;
            _sinceFirst.Start();
            return new ViewCall(page) { View = _id, Age = ((long)_sinceFirst.Elapsed.TotalMilliseconds).ToString(CultureInfo.InvariantCulture) };
        }
    }
}
