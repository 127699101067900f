using PortalServices.ServiceDefaults;
using PortalServices.Standalone;

return await PortalProcess.RunAsync(
    StandaloneArguments.Read(args),
    builder =>
    {
        builder.AddServiceDefaults();
        builder.AddEmbeddedStore();
    },
    app => app.UseServiceDefaults());
