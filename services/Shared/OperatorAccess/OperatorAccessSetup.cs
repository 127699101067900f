using Microsoft.Extensions.DependencyInjection.Extensions;
using PortalServices.OperatorAccess.Gate;
using PortalServices.OperatorAccess.Keys;
using PortalServices.ServiceDefaults;
using PortalServices.ServiceDefaults.Hosting;
using PortalServices.Sites;

namespace PortalServices.OperatorAccess;

/// <summary>Keys, scopes and sites of operators.</summary>
public static class OperatorAccessSetup
{
    /// <summary>
    /// Adds the keys of <c>Operators:Keys</c> and the command that makes new ones. Can be called by several modules of
    /// one process.
    /// </summary>
    public static WebApplicationBuilder AddOperatorAccess(this WebApplicationBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.AddSites();
        builder.Services.AddValidatedOptions<OperatorsOptions>(OperatorsOptions.Section);
        builder.Services.TryAddSingleton<KeyRing>();
        builder.Services.AddPeriodicWork<WrongKeys>();
        builder.Services.TryAddSingleton<OperatorGate>();
        builder.Services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostCommand, NewKeyCommand>());
        return builder;
    }

    /// <summary>Guards everything under <c>/api/operator</c>; on the public door there is nothing there.</summary>
    public static WebApplication UseOperatorAccess(this WebApplication app)
    {
        ArgumentNullException.ThrowIfNull(app);
        var gate = app.Services.GetRequiredService<OperatorGate>();
        app.Use(
            (context, next) =>
                context.Request.Path.StartsWithSegments("/api/operator") ? gate.RunAsync(context, next) : next(context)
        );
        return app;
    }
}
