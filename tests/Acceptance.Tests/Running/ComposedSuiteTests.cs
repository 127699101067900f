using System.Globalization;
using PortalServices.Testing.Shapes;

namespace PortalServices.Acceptance.Tests.Running;

/// <summary>The services as compose.yaml starts them.</summary>
public sealed class ComposedSuiteTests(Portals portals)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_key_that_make_secrets_made_opens_the_operators_door_of_every_service()
    {
        var portal = await portals.InAsync(Shape.Services);
        var key = ("Authorization", $"Bearer {((ServicesShape)portal.Shape).Suite!.AdministratorKey}");
        foreach (var path in (string[])["audit", "articles", "feedback"])
        {
            var reply = await portal.Shape.OperatorsDoor.GetAsync(
                $"/api/operator/sites/{Portal.SiteOfNothing}/{path}",
                Cancel,
                key
            );
            Assert.True((int)reply.Status == 200, $"{path}: {reply}");
        }
    }

    /// <summary>All that compose.yaml starts goes on running, with its memory and its own secrets.</summary>
    [Fact]
    public async Task Every_host_runs_with_the_memory_and_the_secrets_that_the_file_gives_it()
    {
        var shape = (ServicesShape)(await portals.InAsync(Shape.Services)).Shape;
        int[] processes =
        [
            shape.GatewayProcessId,
            .. shape.Replicas.Select(replica => replica.ProcessId),
            .. shape.Content.Select(replica => replica.ProcessId),
            .. shape.Feedback.Select(replica => replica.ProcessId),
        ];
        var hosts = shape.Suite!.File.Lasting.Where(service => service.Value.Build is not null).ToList();
        Assert.Equal(hosts.Count, processes.Length);
        Assert.All(
            hosts.Select(host => host.Value),
            host =>
            {
                Assert.Equal(512L << 20, host.MemoryBytes);
                Assert.DoesNotContain(host.Environment.Keys, host.Secrets.Select(secret => secret.Target).Contains);
            }
        );
        foreach (var process in processes)
        {
            var environment = await File.ReadAllTextAsync(
                string.Create(CultureInfo.InvariantCulture, $"/proc/{process}/environ"),
                Cancel
            );
            // Three quarters of 512 MiB.
            Assert.Contains("DOTNET_GCHeapHardLimit=18000000\0", environment, StringComparison.Ordinal);
            Assert.DoesNotContain("VisitorSecret", environment, StringComparison.Ordinal);
        }
    }
}
