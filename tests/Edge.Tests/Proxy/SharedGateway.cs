namespace PortalServices.Edge.Tests.Proxy;

/// <summary>
/// A gateway in front of stand-ins, for the tests of a class that leave both as they found them. They run one after the
/// other.
/// </summary>
public class SharedGateway : IAsyncDisposable
{
    private readonly List<Backend> _backends = [];
    private readonly Lazy<Task<GatewayProcess>> _gateway;

    /// <param name="backends">How many stand-ins.</param>
    /// <param name="start">Starts the gateway.</param>
    private protected SharedGateway(int backends, Func<Backend[], Task<GatewayProcess>> start) =>
        _gateway = new(async () =>
        {
            for (var i = 0; i < backends; i++)
            {
                _backends.Add(await Backend.StartAsync());
            }
            return await start([.. _backends]);
        });

    /// <summary>The gateway, started when it is first asked for, and stand-ins that nothing has reached yet.</summary>
    internal async Task<(GatewayProcess Gateway, Backend[] Backends)> TakeAsync()
    {
        var gateway = await _gateway.Value;
        _backends.ForEach(backend => backend.Forget());
        return (gateway, [.. _backends]);
    }

    /// <summary>Likewise, where there is one stand-in.</summary>
    internal async Task<(GatewayProcess Gateway, Backend Backend)> TakeOneAsync()
    {
        var (gateway, backends) = await TakeAsync();
        return (gateway, Assert.Single(backends));
    }

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        if (_gateway.IsValueCreated)
        {
            await (await _gateway.Value).DisposeAsync();
        }
        foreach (var backend in _backends)
        {
            await backend.DisposeAsync();
        }
    }
}
