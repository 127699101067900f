namespace PortalServices.Standalone.Data;

/// <summary>Where this host keeps everything; section <c>Data</c>.</summary>
internal sealed class DataOptions
{
    public const string Section = "Data";

    /// <summary>The folder; read before any options are, because others depend on what is in it.</summary>
    public string? Folder { get; set; }
}
