using PortalServices.Testing.Shapes;

namespace PortalServices.Standalone.Tests.Host;

/// <summary>A portal as it is after its first start; nobody ends it but its own end.</summary>
public sealed class RunningPortal : IAsyncLifetime
{
    /// <summary>The portal.</summary>
    public StandaloneShape Shape { get; private set; } = null!;

    /// <inheritdoc />
    public async ValueTask InitializeAsync() => Shape = await StandaloneShape.StartNewAsync(new PortalSettings());

    /// <inheritdoc />
    public ValueTask DisposeAsync() => Shape.DisposeAsync();
}
