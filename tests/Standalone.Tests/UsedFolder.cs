using PortalServices.Testing;
using PortalServices.Testing.Portal;
using PortalServices.Testing.Shapes;

namespace PortalServices.Standalone.Tests;

/// <summary>
/// The data folder of a portal that has counted some views and was stopped: made once, by a start of its own, and
/// copied for each test that begins with one.
/// </summary>
public sealed class UsedFolder : IAsyncDisposable
{
    /// <summary>The site.</summary>
    public const string Site = "site";

    /// <summary>The only page.</summary>
    public const string Page = "/a";

    /// <summary>So many views were counted, each in a commit of its own.</summary>
    public const int Views = 20;

    /// <summary>The id of the first of them; the others have none.</summary>
    public const string FirstView = "view-of-the-tests-1";

    // The same for all: at another hour the site would lie in another zone.
    private readonly SiteEntry _site = new(Site);
    private readonly Lazy<Task<TemporaryDirectory>> _stopped;

    public UsedFolder() => _stopped = new(MakeAsync);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>A portal on a copy of it, not started yet.</summary>
    public async Task<StandaloneShape> PrepareAsync(PortalSettings? settings = null)
    {
        var stopped = await _stopped.Value;
        var portal = StandaloneShape.Prepare((settings ?? new PortalSettings()) with { Sites = [_site] });
        Folders.Copy(stopped.Path, portal.Data);
        return portal;
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        if (_stopped.IsValueCreated)
        {
            (await _stopped.Value).Dispose();
        }
    }

    private async Task<TemporaryDirectory> MakeAsync()
    {
        await using var portal = await StandaloneShape.StartNewAsync(new PortalSettings { Sites = [_site] });
        for (var view = 0; view < Views; view++)
        {
            var call = new ViewCall(Page) { View = view == 0 ? FirstView : null };
            Assert.True((await portal.PublicDoor.ViewAsync(Site, call, Cancel)).Counted);
        }
        Assert.Equal([0], await portal.TerminateAsync());
        var folder = new TemporaryDirectory();
        Folders.Copy(portal.Data, folder.Path);
        return folder;
    }
}
