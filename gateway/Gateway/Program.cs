using PortalServices.Edge;
using PortalServices.Gateway;

return await PortalProcess.RunAsync(
    args,
    builder => builder.AddServiceDefaults().AddEdge().AddProxy(),
    app => app.UseServiceDefaults().UseEdge().MapProxy()
);
