using PortalServices.Counting;
using PortalServices.Messaging;
using PortalServices.OperatorAccess;
using PortalServices.ServiceDefaults;

return await PortalProcess.RunAsync(
    args,
    builder =>
        builder.AddServiceDefaults().AddOperatorAccess().AddCounting().AddMessaging(bus => bus.AddCountingConsumers()),
    app => app.UseServiceDefaults().UseOperatorAccess().MapCounting().MapMessaging()
);
