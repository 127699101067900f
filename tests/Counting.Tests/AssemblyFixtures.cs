using PortalServices.Counting.Tests.Fixtures;

[assembly: AssemblyFixture(typeof(StoreFixture))]
