using PortalServices.Edge;
using PortalServices.Gateway;
using PortalServices.Portal;

return await PortalProcess.RunAsync(
    args,
    builder => builder.AddServiceDefaults().AddEdge().AddPortal().AddProxy(),
    app => app.UseServiceDefaults().UsePortal().UseEdge().MapPortal().MapProxy()
);
