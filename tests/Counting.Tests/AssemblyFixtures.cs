// The product's own folder of this name would hide it.
global using StoredLedger = PortalServices.Testing.Store.Ledger;
using PortalServices.Counting.Tests.Fixtures;

[assembly: AssemblyFixture(typeof(StoreFixture))]
