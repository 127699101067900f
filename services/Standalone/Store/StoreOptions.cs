using System.ComponentModel.DataAnnotations;

namespace PortalServices.Standalone.Store;

/// <summary>The embedded store; section <c>Store</c>.</summary>
internal sealed class StoreOptions
{
    public const string Section = "Store";

    /// <summary>
    /// The ceiling for what the store holds, in MiB. All of it lives in memory, and beyond the ceiling the store would
    /// forget: the counting service stops taking new pages long before.
    /// </summary>
    [Range(16, 65_536)]
    public int MemoryMegabytes { get; set; } = 1024;

    /// <summary>
    /// After how many KiB of log, or of records in memory if these come first, the store writes a checkpoint. Views
    /// wait for it, some tenths of a second at the most.
    /// </summary>
    [Range(64, 1_048_576)]
    public int CheckpointKilobytes { get; set; } = 8 * 1024;
}
