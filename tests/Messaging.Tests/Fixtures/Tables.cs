namespace PortalServices.Messaging.Tests.Fixtures;

/// <summary>Ends once the process may take its tables for there; without it they always are.</summary>
public sealed record Tables(Task AreThere);
