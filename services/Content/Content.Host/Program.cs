using PortalServices.Content;
using PortalServices.DeadLetters;
using PortalServices.Messaging;
using PortalServices.OperatorAccess;
using PortalServices.ServiceDefaults;
using PortalServices.ServiceDefaults.Hosting;

return await PortalProcess.RunAsync(
    args,
    builder =>
        builder.AddServiceDefaults().AddOperatorAccess().AddContent().AddMessaging(bus => bus.AddContentConsumers()),
    app => app.UseServiceDefaults().UseOperatorAccess().MapContent().MapMessaging()
);
