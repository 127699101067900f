using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;

namespace PortalServices.ServiceDefaults.Health;

/// <summary>Settings of the disks that the process writes to, section <c>Disk</c>.</summary>
public sealed class DiskOptions
{
    /// <summary>The name of the section.</summary>
    public const string Section = "Disk";

    /// <summary>Megabytes (2^20 bytes) below which readiness warns; 0 for never.</summary>
    [Range(0, 1_000_000_000)]
    public long WarnBelowMegabytes { get; set; } = 500;
}

/// <summary>A folder that the process writes its data to.</summary>
/// <param name="Path">The folder, or a file in it; null where the data are elsewhere.</param>
public sealed record DataPlace(string? Path);

/// <summary>Warns while there is still room: that a disk is full is told by whoever could not write.</summary>
internal sealed class DiskHealth(
    IEnumerable<DataPlace> places,
    IOptions<DiskOptions> options,
    Func<string, long>? freeBytes = null
) : IHealthCheck
{
    private const long Megabyte = 1024 * 1024;

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken)
    {
        string[] folders =
        [
            .. places
                .Select(place => place.Path)
                .OfType<string>()
                .Select(path => Directory.Exists(path) ? path : Path.GetDirectoryName(Path.GetFullPath(path))!)
                .Distinct(),
        ];
        if (folders.Length == 0)
        {
            return Task.FromResult(HealthCheckResult.Healthy("This process keeps nothing on a disk."));
        }
        var free = folders.Min(freeBytes ?? (folder => new DriveInfo(folder).AvailableFreeSpace)) / Megabyte;
        var data = new Dictionary<string, object> { ["freeMegabytes"] = free };
        return Task.FromResult(
            free < options.Value.WarnBelowMegabytes
                ? HealthCheckResult.Degraded("The disk is nearly full: changes are refused when it is.", data: data)
                : HealthCheckResult.Healthy("There is room on the disk.", data)
        );
    }
}
