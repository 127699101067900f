#if WITH_NBOMBER
using PortalServices.LoadTests.Commands;
using PortalServices.LoadTests.NBomber;

return await CommandLine.RunAsync(args, new NBomberDriver());
#else
Console.Error.WriteLine("Built without NBomber. Turn it on with -p:WithNBomber=true, where a package feed serves it.");
return 4;
#endif
