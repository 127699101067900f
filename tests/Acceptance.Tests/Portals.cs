using System.Collections.Concurrent;

[assembly: AssemblyFixture(typeof(PortalServices.Acceptance.Tests.Portals))]

namespace PortalServices.Acceptance.Tests;

/// <summary>One portal of each shape for all tests; every test takes sites that no other test uses.</summary>
public sealed class Portals : IAsyncDisposable
{
    private readonly ConcurrentDictionary<Shape, Lazy<Task<Portal>>> _portals = new();

    /// <summary>The portal of a shape, started when it is first asked for.</summary>
    public Task<Portal> InAsync(Shape shape) =>
        _portals.GetOrAdd(shape, s => new Lazy<Task<Portal>>(() => Portal.StartAsync(s))).Value;

    public async ValueTask DisposeAsync()
    {
        foreach (var portal in _portals.Values)
        {
            await (await portal.Value).DisposeAsync();
        }
    }
}
