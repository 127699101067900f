using PortalServices.Feedback;
using PortalServices.Messaging;
using PortalServices.OperatorAccess;
using PortalServices.ServiceDefaults;

return await PortalProcess.RunAsync(
    args,
    builder =>
        builder.AddServiceDefaults().AddOperatorAccess().AddFeedback().AddMessaging(bus => bus.AddFeedbackConsumers()),
    app => app.UseServiceDefaults().UseOperatorAccess().MapFeedback().MapMessaging()
);
