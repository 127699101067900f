using PortalServices.BareYarp;

// --Role=proxy --Door=http://127.0.0.1:9000 --Backend=http://127.0.0.1:9001, or --Role=backend
// --Door=http://127.0.0.1:9001; both with --Stock=true for HTTP/1.1 between them, as YARP does by itself.
var settings = new ConfigurationBuilder().AddCommandLine(args).Build();
await using var app = settings["Role"] == "backend" ? Backend.Create(settings) : Proxy.Create(settings);
await app.StartAsync();
Console.WriteLine("Ready");
await app.WaitForShutdownAsync();
