namespace PortalServices.ServiceDefaults.Settings;

/// <summary>Where settings lie as files; section <c>Secrets</c>.</summary>
public sealed class SecretsOptions
{
    /// <summary>The name of the section.</summary>
    public const string Section = "Secrets";

    /// <summary>Where container engines put secrets.</summary>
    public const string DefaultDirectory = "/run/secrets";

    /// <summary>
    /// A folder of which each file is a setting, named like <c>Counting__VisitorSecret</c>; its content, without one
    /// line feed at its end, is the value, at most 65,536 bytes of UTF-8. <c>/run/secrets</c> where none is set, if it
    /// is there; nothing where it is set to nothing. Files win over <c>appsettings.json</c>; environment variables and
    /// the command line win over files.
    /// </summary>
    public string? Directory { get; set; }
}
