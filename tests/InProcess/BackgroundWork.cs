using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using PortalServices.ServiceDefaults.Hosting;
using PortalServices.Testing;

namespace PortalServices.InProcess;

/// <summary>
/// The background work of an application, which each test may have done beside what is done by itself.
/// </summary>
public sealed class BackgroundWork(IServiceProvider services)
{
    private readonly PeriodicRunner[] _all = [.. services.GetServices<IHostedService>().OfType<PeriodicRunner>()];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>Has each done once, and tells which of it fails; none ends.</summary>
    public async Task<IReadOnlyList<string>> FailingAsync()
    {
        foreach (var work in _all)
        {
            await work.RunOnceAsync(Cancel);
        }
        Assert.All(_all, work => Assert.True(work.ExecuteTask is null or { IsFaulted: false }));
        return [.. _all.Where(work => work.IsFailing).Select(work => work.Name).Order(StringComparer.Ordinal)];
    }

    /// <summary>Waits until all of it goes on.</summary>
    public Task GoesOnAsync() =>
        Eventually.HoldsAsync(async () => (await FailingAsync()).Count == 0, "all background work goes on", Cancel);
}
