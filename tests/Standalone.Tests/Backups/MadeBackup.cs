using PortalServices.Testing;
using PortalServices.Testing.Portal;
using PortalServices.Testing.Processes;
using PortalServices.Testing.Shapes;

namespace PortalServices.Standalone.Tests.Backups;

/// <summary>A backup of a small portal and its secrets, made once, and copied by tests that change it.</summary>
public sealed class MadeBackup : IAsyncLifetime
{
    /// <summary>The site, with so many views.</summary>
    public const string Site = "site";

    public const int Views = 5;

    /// <summary>Another one, without views.</summary>
    public const string Quiet = "quiet";

    private readonly TemporaryDirectory _folder = new();

    /// <summary>The settings of the portal that it is of.</summary>
    public PortalSettings Settings { get; } =
        new() { Sites = [new SiteEntry(Site), new SiteEntry(Quiet)], Keys = [BusyPortal.Chief] };

    public string Backup => _folder.File("backup");

    public string Secrets => _folder.File("secrets");

    /// <summary>What the portal had kept of what was acknowledged after the backup.</summary>
    public string Acknowledged => _folder.File("acknowledged");

    public async ValueTask InitializeAsync()
    {
        await using var portal = await StandaloneShape.StartNewAsync(Settings);
        await ViewAsync(portal, Views);
        var run = await portal.RunCommandAsync("--backup", Backup, "--backup-secrets", Secrets);
        Assert.True(run.ExitCode == 0, string.Join('\n', run.Errors));
        await ViewAsync(portal, 2);
        await portal.TerminateAsync();
        File.Copy(Path.Combine(portal.Data, "acknowledged"), Acknowledged);
    }

    public ValueTask DisposeAsync()
    {
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }

    /// <summary>The only line that a command says against what it was told.</summary>
    public static string Refusal(HostRun run)
    {
        Assert.Equal(1, run.ExitCode);
        return Assert.Single(run.Errors);
    }

    private static async Task ViewAsync(StandaloneShape portal, int views)
    {
        for (var view = 0; view < views; view++)
        {
            var call = new ViewCall("/a") { View = ViewCall.NewId() };
            Assert.True((await portal.PublicDoor.ViewAsync(Site, call, TestContext.Current.CancellationToken)).Counted);
        }
    }
}
