using System.Collections.Concurrent;

[assembly: AssemblyFixture(typeof(PortalServices.Acceptance.Tests.Portals))]

namespace PortalServices.Acceptance.Tests;

/// <summary>One portal of each shape for all tests; every test takes sites that no other test uses.</summary>
public class Portals : IAsyncDisposable
{
    private readonly ConcurrentDictionary<Shape, Lazy<Task<Portal>>> _portals = new();
    private readonly Func<Shape, Task<Portal>> _start;

    public Portals()
        : this(shape => Portal.StartAsync(shape)) { }

    /// <summary>Portals that some tests have for themselves.</summary>
    protected Portals(Func<Shape, Task<Portal>> start) => _start = start;

    /// <summary>The portal of a shape, started when it is first asked for.</summary>
    public Task<Portal> InAsync(Shape shape) =>
        _portals.GetOrAdd(shape, s => new Lazy<Task<Portal>>(() => _start(s))).Value;

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        foreach (var portal in _portals.Values)
        {
            await (await portal.Value).DisposeAsync();
        }
    }
}
