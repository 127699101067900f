using PortalServices.LoadTests.Commands;

return await CommandLine.RunAsync(args);
