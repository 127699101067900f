using PortalServices.Edge;
using PortalServices.Gateway;
using PortalServices.Portal;

return await PortalProcess.RunAsync(
    args,
    builder => builder.AddServiceDefaults().AddEdge().AddProxy(),
    app => app.UseServiceDefaults().UseEdge().MapPortalScripts().MapProxy()
);
