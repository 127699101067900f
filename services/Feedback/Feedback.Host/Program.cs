using PortalServices.DeadLetters;
using PortalServices.Feedback;
using PortalServices.Messaging;
using PortalServices.OperatorAccess;
using PortalServices.ServiceDefaults;
using PortalServices.ServiceDefaults.Hosting;

return await PortalProcess.RunAsync(
    args,
    builder =>
        builder.AddServiceDefaults().AddOperatorAccess().AddFeedback().AddMessaging(bus => bus.AddFeedbackConsumers()),
    app => app.UseServiceDefaults().UseOperatorAccess().MapFeedback().MapMessaging()
);
