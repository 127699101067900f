using PortalServices.Counting;
using PortalServices.DeadLetters;
using PortalServices.Frames;
using PortalServices.Messaging;
using PortalServices.OperatorAccess;
using PortalServices.ServiceDefaults;
using PortalServices.ServiceDefaults.Hosting;

return await PortalProcess.RunAsync(
    args,
    builder =>
        builder
            .AddServiceDefaults()
            .AddFrameDoor()
            .AddOperatorAccess()
            .AddCounting()
            .AddMessaging(bus => bus.AddCountingConsumers()),
    app => app.UseFrameDoor().UseServiceDefaults().UseOperatorAccess().MapCounting().MapMessaging()
);
