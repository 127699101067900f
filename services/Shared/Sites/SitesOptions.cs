using System.ComponentModel.DataAnnotations;

namespace PortalServices.Sites;

/// <summary>Where the site file is; section <c>Sites</c>.</summary>
public sealed class SitesOptions
{
    /// <summary>The name of the section.</summary>
    public const string Section = "Sites";

    /// <summary>The site file; by default <c>sites.json</c> in the seeds' folder.</summary>
    [MinLength(1, ErrorMessage = "empty; leave it out for sites.json in the folder of Seeds:Directory")]
    public string? File { get; set; }
}

/// <summary>Where the seeds are; section <c>Seeds</c>.</summary>
public sealed class SeedsOptions
{
    /// <summary>The name of the section.</summary>
    public const string Section = "Seeds";

    /// <summary>The folder of the seeds; relative ones are taken from the current directory.</summary>
    [Required(ErrorMessage = "empty; leave it out for the folder that came with the program")]
    public string Directory { get; set; } = Path.Combine(AppContext.BaseDirectory, "seeds");
}
