using PortalServices.Counting;
using PortalServices.DeadLetters;
using PortalServices.Messaging;
using PortalServices.OperatorAccess;
using PortalServices.ServiceDefaults;
using PortalServices.ServiceDefaults.Hosting;

return await PortalProcess.RunAsync(
    args,
    builder =>
        builder.AddServiceDefaults().AddOperatorAccess().AddCounting().AddMessaging(bus => bus.AddCountingConsumers()),
    app => app.UseServiceDefaults().UseOperatorAccess().MapCounting().MapMessaging()
);
