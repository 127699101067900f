using PortalServices.Browser.Tests.Fixtures;

[assembly: AssemblyFixture(typeof(Chromium))]
[assembly: AssemblyFixture(typeof(Product))]
