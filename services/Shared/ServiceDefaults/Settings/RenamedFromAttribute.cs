namespace PortalServices.ServiceDefaults.Settings;

/// <summary>
/// The name that a setting had in an earlier version. A start with it stops, as with every name that does not exist,
/// and the line says the new one.
/// </summary>
/// <param name="name">The earlier name, without its section.</param>
[AttributeUsage(AttributeTargets.Property, AllowMultiple = true)]
public sealed class RenamedFromAttribute(string name) : Attribute
{
    /// <summary>The earlier name.</summary>
    public string Name { get; } = name;
}
