using PortalServices.Counting;
using PortalServices.ServiceDefaults;

return await PortalProcess.RunAsync(
    args,
    builder => builder.AddServiceDefaults().AddCounting(),
    app => app.UseServiceDefaults().MapCounting());
