using PortalServices.Content;
using PortalServices.Counting;
using PortalServices.DeadLetters;
using PortalServices.Edge;
using PortalServices.Feedback;
using PortalServices.Messaging;
using PortalServices.Portal;
using PortalServices.ServiceDefaults;
using PortalServices.Standalone.Seeding;
using PortalServices.Standalone.Store;

return await PortalProcess.RunAsync(
    StandaloneArguments.Read(args),
    builder =>
        builder
            .AddServiceDefaults()
            .AddEmbeddedStore()
            .AddEdge()
            .AddPortal()
            .AddCounting()
            .AddContent()
            .AddFeedback()
            .AddMessaging(bus => bus.AddCountingConsumers().AddContentConsumers().AddFeedbackConsumers())
            .AddSeedsAtStart(),
    app =>
        app.UseServiceDefaults()
            .UsePortal()
            .UseEdge()
            .MapPortal()
            .MapCounting()
            .MapContent()
            .MapFeedback()
            .MapMessaging()
);
