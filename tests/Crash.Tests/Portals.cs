using PortalServices.Testing;
using PortalServices.Testing.Shapes;

namespace PortalServices.Crash.Tests;

/// <summary>
/// Portals for tests that run one after the other and lose nothing of what they share: each finds the processes
/// running, whatever the one before has ended, and takes sites of its own.
/// </summary>
public sealed class Portals : IAsyncDisposable
{
    private static readonly SiteEntry[] Sites = [.. Enumerable.Range(0, 32).Select(n => new SiteEntry($"site-{n}"))];

    private readonly Queue<string> _sites = new(Sites.Select(site => site.Id));
    private StandaloneShape? _standalone;
    private ServicesShape? _services;

    /// <summary>A site that no other test uses.</summary>
    public string NewSite() => _sites.Dequeue();

    /// <summary>The one in this shape.</summary>
    public async Task<IPortalShape> InAsync(bool standalone, PortalSettings settings, bool allAnswer = true) =>
        standalone ? await StandaloneAsync(settings) : await ServicesAsync(settings, allAnswer);

    /// <summary>The one that is a single process.</summary>
    /// <param name="settings">The same for all tests, but for its sites.</param>
    public async Task<StandaloneShape> StandaloneAsync(PortalSettings settings)
    {
        _standalone ??= StandaloneShape.Prepare(settings with { Sites = Sites });
        await _standalone.StartAsync();
        return _standalone;
    }

    /// <summary>The one that is several processes.</summary>
    /// <param name="settings">The same for all tests, but for its sites.</param>
    /// <param name="allAnswer">Whether to wait, by asking the gateway, until every counting process answers.</param>
    public async Task<ServicesShape> ServicesAsync(PortalSettings settings, bool allAnswer = true)
    {
        _services ??= await ServicesShape.StartNewAsync(settings with { Sites = Sites });
        await _services.StartAsync();
        if (settings.Gateway && allAnswer)
        {
            await AllAnswerAsync(_services, TestContext.Current.CancellationToken);
        }
        return _services;
    }

    /// <summary>Waits until the gateway knows that every counting process answers.</summary>
    public static Task AllAnswerAsync(ServicesShape portal, CancellationToken cancel) =>
        Eventually.HoldsAsync(
            async () =>
                (await portal.ProbeDoor.GetAsync("/health/ready", cancel))
                    .Json.GetProperty("checks")
                    .GetProperty("services")
                    .GetProperty("data")
                    .EnumerateObject()
                    .Where(each => each.Name.StartsWith("counting/", StringComparison.Ordinal))
                    .All(each => each.Value.GetString() == "answering"),
            "all replicas",
            cancel
        );

    public async ValueTask DisposeAsync()
    {
        if (_standalone is not null)
        {
            await _standalone.DisposeAsync();
        }
        if (_services is not null)
        {
            await _services.DisposeAsync();
        }
    }
}
