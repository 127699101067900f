namespace PortalServices.ServiceDefaults.Settings;

/// <summary>A section that this process reads.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Shape">What it may hold; null where its options say so.</param>
internal sealed record KnownSection(string Name, SettingShape? Shape);

/// <summary>Tells which sections a process reads. Those of <c>AddValidatedOptions</c> are known by that.</summary>
public static class KnownSections
{
    /// <summary>Adds a section that is not bound to options of the product.</summary>
    public static IServiceCollection AddKnownSection(
        this IServiceCollection services,
        string name,
        SettingShape shape
    ) => services.AddSingleton(new KnownSection(name, shape));
}
