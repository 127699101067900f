using System.Net;
using PortalServices.Testing.Portal;

namespace PortalServices.Acceptance.Tests.Feedback;

/// <summary>Whoever has a receipt reads it, whatever others behind the same address do.</summary>
[Usually(Shape.Services)]
public sealed class ReceiptTests(Portals portals)
{
    // Of these tests alone, so that they use up no other's share.
    private static readonly IPAddress Office = IPAddress.Parse("127.0.0.77");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory, EveryShape]
    public async Task Guesses_behind_an_address_do_not_keep_its_people_from_their_receipts(Shape shape)
    {
        var visitor = await Visitor.OfNewSiteAsync(portals, shape, Cancel);
        var receipt = await visitor.ReceiptAsync();
        var statuses = new int[400];
        await Parallel.ForAsync(
            0,
            statuses.Length,
            new ParallelOptions { MaxDegreeOfParallelism = 8, CancellationToken = Cancel },
            async (i, _) =>
                statuses[i] = (int)(await AskAsync(visitor, HttpMethod.Get, "0000-0000-0000", $"Browser/{i}")).Status
        );

        // As many as an address has, and what came back meanwhile.
        Assert.Contains(404, statuses);
        Assert.Contains(429, statuses);
        Assert.All(statuses, status => Assert.True(status is 404 or 429));
        for (var i = 0; i < 5; i++)
        {
            Assert.Equal(200, (int)(await AskAsync(visitor, HttpMethod.Get, receipt, ViewCall.Browser)).Status);
            Assert.Equal(200, (int)(await AskAsync(visitor, HttpMethod.Head, receipt, ViewCall.Browser)).Status);
        }
    }

    [Theory, EveryShape]
    public async Task Reading_ones_own_is_not_counted_and_guesses_are(Shape shape)
    {
        var visitor = await Visitor.OfNewSiteAsync(portals, shape, Cancel);
        var receipt = await visitor.ReceiptAsync();
        var own = Guid.NewGuid().ToString();
        for (var i = 0; i < 100; i++)
        {
            Assert.Equal(200, (int)(await AskAsync(visitor, HttpMethod.Get, receipt, own)).Status);
        }

        var (first, last) = (
            await AskAsync(visitor, HttpMethod.Get, "0000-0000-0000", own, "127.0.0.78"),
            default(Reply)
        );
        Assert.Equal((404, "unknown_receipt"), ((int)first.Status, first.Code));
        for (var i = 0; i < 1_000 && last?.Status != HttpStatusCode.TooManyRequests; i++)
        {
            last = await AskAsync(visitor, HttpMethod.Get, "0000-0000-0000", own, "127.0.0.78");
        }
        Assert.Equal((429, "rate_limited"), ((int)last!.Status, last.Code));
        Assert.Equal("receiptMissesPerBrowser: 60/min", last.Json.GetProperty("detail").GetString());
        Assert.NotNull(last.Header("Retry-After"));
        Assert.Equal(200, (int)(await AskAsync(visitor, HttpMethod.Get, receipt, own, "127.0.0.78")).Status);
    }

    private static Task<Reply> AskAsync(
        Visitor visitor,
        HttpMethod method,
        string receipt,
        string browser,
        string? from = null
    )
    {
        var message = visitor.Portal.Public.Message(
            method,
            $"/api/sites/{visitor.Site}/feedback/{receipt}",
            browser,
            null
        );
        return visitor.Portal.Public.SendAsync(message, Cancel, from is null ? Office : IPAddress.Parse(from));
    }
}
