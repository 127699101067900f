using PortalServices.Browser.Tests.Fixtures;
using PortalServices.Browser.Tests.Portal;

[assembly: AssemblyFixture(typeof(Chromium))]
[assembly: AssemblyFixture(typeof(Product))]
[assembly: AssemblyFixture(typeof(SeededPortal))]
