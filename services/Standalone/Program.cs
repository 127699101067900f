using PortalServices.Counting;
using PortalServices.Edge;
using PortalServices.ServiceDefaults;
using PortalServices.Standalone;

return await PortalProcess.RunAsync(
    StandaloneArguments.Read(args),
    builder => builder.AddServiceDefaults().AddEmbeddedStore().AddEdge().AddCounting().AddSeedsAtStart(),
    app => app.UseServiceDefaults().UseEdge().TellAdministratorKey().MapCounting());
