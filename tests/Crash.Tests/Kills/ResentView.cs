using System.Diagnostics;
using System.Globalization;
using System.Net;
using PortalServices.Testing.Portal;

namespace PortalServices.Crash.Tests.Kills;

/// <summary>A view whose client keeps its id and its age, and sends it again until it is settled.</summary>
internal sealed class ResentView(string page)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    private readonly string _id = ViewCall.NewId();
    private readonly Stopwatch _sinceFirst = new();

    /// <summary>A page that no other view goes to.</summary>
    public string Page => page;

    /// <summary>How often it was sent.</summary>
    public int Sendings { get; private set; }

    /// <summary>An answer said that it is counted.</summary>
    public bool Counted { get; private set; }

    /// <summary>An answer settled it: counted, or too old to count.</summary>
    public bool Settled { get; private set; }

    /// <summary>
    /// Sends it once, unless it is settled, and waits for the answer as long as a browser's user would; returns whether
    /// it is settled now. The request is not taken back: whoever has it may still read it later.
    /// </summary>
    public async Task<bool> SendAsync(PortalClient door, CancellationToken cancel)
    {
        try
        {
            return Settled || await AskAsync(door, cancel).WaitAsync(Patience, cancel);
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    /// <summary>Sends it until it is settled.</summary>
    public async Task SettleAsync(PortalClient door, CancellationToken cancel)
    {
        while (!await SendAsync(door, cancel))
        {
            await Task.Delay(50, cancel);
        }
    }

    private async Task<bool> AskAsync(PortalClient door, CancellationToken cancel)
    {
        Sendings++;
        _sinceFirst.Start();
        var age = ((long)_sinceFirst.Elapsed.TotalMilliseconds).ToString(CultureInfo.InvariantCulture);
        var reply = await door.ViewAsync("site", new ViewCall(page) { View = _id, Age = age }, cancel);
        switch (reply.Status)
        {
            case HttpStatusCode.OK:
                Assert.True(reply.Counted || reply.Reason == "duplicate", reply.ToString());
                Counted = Settled = true;
                break;
            case HttpStatusCode.Gone:
                Assert.Equal("view_expired", reply.Code);
                Settled = true;
                break;
            default:
                Assert.Equal(HttpStatusCode.ServiceUnavailable, reply.Status);
                break;
        }
        return Settled;
    }
}
