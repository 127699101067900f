using PortalServices.Counting;
using PortalServices.ServiceDefaults;
using PortalServices.Standalone;

return await PortalProcess.RunAsync(
    StandaloneArguments.Read(args),
    builder => builder.AddServiceDefaults().AddEmbeddedStore().AddCounting().AddSeedsAtStart(),
    app => app.UseServiceDefaults().MapCounting());
