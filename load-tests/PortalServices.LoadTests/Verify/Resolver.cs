using System.Net.Http.Headers;
using PortalServices.LoadTests.History;
using PortalServices.LoadTests.Scenarios;
using PortalServices.LoadTests.Sending;

namespace PortalServices.LoadTests.Verify;

/// <summary>
/// Sends the views again that a run left unknown, with their ids and ages, and writes what comes of it into the same
/// history. The target knows an id for one generation at least; of an older one it says so.
/// </summary>
internal sealed class Resolver(
    HistoryHeader header,
    IReadOnlyList<Uri> targets,
    HistoryWriter history,
    TimeProvider time
)
{
    private const int AtOnce = 16;

    /// <summary>Sends each at every target in turn, until one of them decides it or the time is over.</summary>
    public async Task ResolveAsync(IReadOnlyCollection<OpenView> views, TimeSpan atMost, CancellationToken cancel)
    {
        var started = time.GetTimestamp();
        using var client = new HttpClient(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false })
        {
            Timeout = TimeSpan.FromSeconds(10),
        };
        await Parallel.ForEachAsync(
            views,
            new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancel },
            async (view, token) =>
            {
                for (var attempt = 0; time.GetElapsedTime(started) < atMost; attempt++)
                {
                    if (!(await SendAsync(client, view, token)).IsUnknown())
                    {
                        return;
                    }
                    await Task.Delay(Repeats.BackOff(attempt, 0), time, token);
                }
            }
        );
    }

    private async Task<Outcome> SendAsync(HttpClient client, OpenView view, CancellationToken cancel)
    {
        var attempt = view.Attempts++;
        var call = new Call(view.Id.Sequence, attempt, attempt % targets.Count, 0, 0);
        history.Invoke([(call, view.Id)]);
        var result = await SendAsync(client, view, call, cancel);
        history.Outcome(call, result, view.Id);
        history.Flush();
        return result.Outcome;
    }

    private async Task<Result> SendAsync(HttpClient client, OpenView view, Call call, CancellationToken cancel)
    {
        var age = time.GetUtcNow() - header.Started - TimeSpan.FromMicroseconds(view.FirstSent);
        var body = new RequestWriter();
        ViewCalls.WriteBody(body, view.Id, Math.Max(0, (long)age.TotalMilliseconds));
        using var message = new HttpRequestMessage(
            HttpMethod.Post,
            new Uri(targets[call.Node], $"/api/sites/{header.Sites[view.Id.Site]}/views")
        )
        {
            Content = new ByteArrayContent(body.Bytes.ToArray()),
        };
        message.Content.Headers.ContentType = new MediaTypeHeaderValue("text/plain");
        message.Headers.TryAddWithoutValidation("User-Agent", ViewCalls.ResendingBrowser);
        try
        {
            using var reply = await client.SendAsync(message, cancel);
            return ViewCalls.ReadReply((int)reply.StatusCode, await reply.Content.ReadAsByteArrayAsync(cancel));
        }
        catch (Exception failure) when (failure is HttpRequestException or IOException)
        {
            return new Result(Outcome.Broken);
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            return new Result(Outcome.TimedOut);
        }
    }
}
