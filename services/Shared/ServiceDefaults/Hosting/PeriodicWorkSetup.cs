using System.Runtime.ExceptionServices;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace PortalServices.ServiceDefaults.Hosting;

/// <summary>Background work of a process.</summary>
public static class PeriodicWorkSetup
{
    /// <summary>Has the process do a piece of work. Can be called by several modules of one process.</summary>
    public static IServiceCollection AddPeriodicWork<TWork>(this IServiceCollection services)
        where TWork : class, IPeriodicWork
    {
        services.TryAddSingleton<TWork>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, PeriodicRunner<TWork>>());
        return services;
    }

    /// <summary>
    /// Works on each of several things, on the others also where it fails with one, and then fails as it did first.
    /// </summary>
    public static async Task ForEachAsync<T>(IEnumerable<T> items, Func<T, Task> work, CancellationToken stopping)
    {
        ArgumentNullException.ThrowIfNull(items);
        ArgumentNullException.ThrowIfNull(work);
        ExceptionDispatchInfo? first = null;
        foreach (var item in items)
        {
            stopping.ThrowIfCancellationRequested();
            try
            {
                await work(item);
            }
#pragma warning disable CA1031 // It is thrown below.
            catch (Exception failure) when (!stopping.IsCancellationRequested)
#pragma warning restore CA1031
            {
                first ??= ExceptionDispatchInfo.Capture(failure);
            }
        }

        first?.Throw();
    }
}
