namespace PortalServices.Messaging.Outbox;

/// <summary>
/// Ends once the tables of a service are in its database: until then its consumers would only fail, and their messages
/// become dead letters.
/// </summary>
internal sealed record ServiceTables(string Service, Task AreThere);
