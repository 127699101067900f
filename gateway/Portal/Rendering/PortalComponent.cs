using Microsoft.AspNetCore.Components;

namespace PortalServices.Portal.Rendering;

/// <summary>A part of a page.</summary>
public abstract class PortalComponent : ComponentBase
{
    /// <summary>What every part knows.</summary>
    [CascadingParameter]
    public PageFrame Frame { get; set; } = null!;

    /// <summary>The texts of the page.</summary>
    protected Texts T => Frame.Text;
}
