using Microsoft.Extensions.DependencyInjection.Extensions;
using PortalServices.Frames.Receiving;

namespace PortalServices.Frames;

/// <summary>Small requests that travel from the gateway to a service as frames: the side of the service.</summary>
public static class FramesSetup
{
    /// <summary>Takes frames at the internal door.</summary>
    public static WebApplicationBuilder AddFrameDoor(this WebApplicationBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.TryAddSingleton<FramePipeline>();
        builder.Services.TryAddEnumerable(ServiceDescriptor.Singleton<IDoorProtocol, FrameDoor>());
        return builder;
    }

    /// <summary>Runs the requests through all that comes after this, and so comes first.</summary>
    public static WebApplication UseFrameDoor(this WebApplication app)
    {
        ArgumentNullException.ThrowIfNull(app);
        var frames = app.Services.GetRequiredService<FramePipeline>();
        app.Use(next => frames.Next = next);
        return app;
    }
}
