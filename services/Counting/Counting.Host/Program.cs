using PortalServices.Counting;
using PortalServices.OperatorAccess;
using PortalServices.ServiceDefaults;

return await PortalProcess.RunAsync(
    args,
    builder => builder.AddServiceDefaults().AddOperatorAccess().AddCounting(),
    app => app.UseServiceDefaults().UseOperatorAccess().MapCounting());
