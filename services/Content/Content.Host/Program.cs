using PortalServices.Content;
using PortalServices.Messaging;
using PortalServices.OperatorAccess;
using PortalServices.ServiceDefaults;

return await PortalProcess.RunAsync(
    args,
    builder =>
        builder.AddServiceDefaults().AddOperatorAccess().AddContent().AddMessaging(bus => bus.AddContentConsumers()),
    app => app.UseServiceDefaults().UseOperatorAccess().MapContent().MapMessaging()
);
