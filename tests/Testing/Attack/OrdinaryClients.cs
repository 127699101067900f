using System.Globalization;
using System.Net;
using PortalServices.Testing.Portal;

namespace PortalServices.Testing.Attack;

/// <summary>
/// Browsers that keep their connection, each at an address of its own: they send views and read the box, and every
/// reply must be a good one.
/// </summary>
/// <param name="door">The visitors' door.</param>
/// <param name="site">A site that is there.</param>
/// <param name="clients">So many.</param>
/// <param name="first">Where their addresses begin.</param>
public sealed class OrdinaryClients(PortalClient door, string site, int clients, int first = 1)
{
    /// <summary>Sends a first request from each, which opens its connection.</summary>
    /// <exception cref="InvalidOperationException">One was not served.</exception>
    public Task ConnectAsync(CancellationToken cancel) =>
        Task.WhenAll(Enumerable.Range(0, clients).Select(client => AskAsync(client, 0, cancel)));

    /// <summary>Sends so many requests from each, spread over a time; returns how many were served.</summary>
    /// <exception cref="InvalidOperationException">One was not served.</exception>
    public async Task<int> RunAsync(int requests, TimeSpan length, CancellationToken cancel)
    {
        var served = 0;
        await Task.WhenAll(
            Enumerable
                .Range(0, clients)
                .Select(async client =>
                {
                    using var pace = new PeriodicTimer(length / requests);
                    for (var request = 0; request < requests; request++)
                    {
                        await AskAsync(client, request, cancel);
                        Interlocked.Increment(ref served);
                        await pace.WaitForNextTickAsync(cancel);
                    }
                })
        );
        return served;
    }

    private async Task AskAsync(int client, int request, CancellationToken cancel)
    {
        var from = IPAddress.Parse(string.Create(CultureInfo.InvariantCulture, $"127.8.0.{first + client}"));
        var reply =
            request % 2 == 0
                ? await door.ViewAsync(site, new ViewCall("/") { View = ViewCall.NewId(), From = from }, cancel)
                : await door.SendAsync(
                    door.Message(HttpMethod.Get, $"/api/sites/{site}/stats", ViewCall.Browser, null),
                    cancel,
                    from
                );
        if (reply.Status != HttpStatusCode.OK)
        {
            throw new InvalidOperationException($"Client {client}, request {request}: {reply}");
        }
    }
}
