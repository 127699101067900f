namespace PortalServices.ServiceDefaults.Tests.Hosting;

/// <summary>
/// Tests that change the environment of this process, and those that start in it: never at the same time.
/// </summary>
[CollectionDefinition(Name)]
public sealed class OwnProcess
{
    /// <summary>The name of the collection.</summary>
    public const string Name = "The environment of this process";
}
