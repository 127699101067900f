using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;
using PortalServices.ServiceDefaults.Health;
using PortalServices.Testing;

namespace PortalServices.ServiceDefaults.Tests.Health;

/// <summary>A disk that is nearly full is told, and takes no process out of service.</summary>
public sealed class DiskHealthTests
{
    private const long Megabyte = 1024 * 1024;

    [Theory]
    [InlineData(500, 500, HealthStatus.Healthy)]
    [InlineData(499, 500, HealthStatus.Degraded)]
    [InlineData(0, 500, HealthStatus.Degraded)]
    [InlineData(0, 0, HealthStatus.Healthy)]
    public async Task The_fullest_of_its_disks_is_told(long free, long least, HealthStatus status)
    {
        using var folder = new TemporaryDirectory();
        var nested = Directory.CreateDirectory(folder.File("store")).FullName;
        var health = new DiskHealth(
            [new DataPlace(null), new DataPlace(folder.File("content.db")), new DataPlace(nested)],
            Options.Create(new DiskOptions { WarnBelowMegabytes = least }),
            path =>
                path == nested ? (free * Megabyte) + 1
                : path == folder.Path ? long.MaxValue
                : throw new InvalidOperationException(path)
        );
        var result = await health.CheckHealthAsync(new HealthCheckContext(), TestContext.Current.CancellationToken);
        Assert.Equal((status, free), (result.Status, (long)result.Data["freeMegabytes"]));
    }

    [Fact]
    public async Task Real_disks_are_asked_and_a_process_without_files_has_none()
    {
        using var folder = new TemporaryDirectory();
        var cancel = TestContext.Current.CancellationToken;
        var (all, none) = (
            Options.Create(new DiskOptions { WarnBelowMegabytes = 1_000_000_000 }),
            Options.Create(new DiskOptions { WarnBelowMegabytes = 0 })
        );
        Assert.Equal(
            HealthStatus.Degraded,
            (
                await new DiskHealth([new DataPlace(folder.Path)], all).CheckHealthAsync(
                    new HealthCheckContext(),
                    cancel
                )
            ).Status
        );
        Assert.Equal(
            HealthStatus.Healthy,
            (
                await new DiskHealth([new DataPlace(folder.Path)], none).CheckHealthAsync(
                    new HealthCheckContext(),
                    cancel
                )
            ).Status
        );
        Assert.Equal(
            "This process keeps nothing on a disk.",
            (
                await new DiskHealth([new DataPlace(null)], all).CheckHealthAsync(new HealthCheckContext(), cancel)
            ).Description
        );
    }
}
