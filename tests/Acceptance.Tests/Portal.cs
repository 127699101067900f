using System.Globalization;
using PortalServices.Testing.Portal;
using PortalServices.Testing.Shapes;

namespace PortalServices.Acceptance.Tests;

/// <summary>A running portal with sites to take, and keys.</summary>
public sealed class Portal : IAsyncDisposable
{
    /// <summary>Numbers carried over to the site with baselines.</summary>
    public static readonly Periods SiteBaseline = new(31_315, 96_101, 18_481_240);

    /// <summary>A page of that site with a number of its own.</summary>
    public const string BaselinePage = "/articles/hoi-nghi-tong-ket";

    /// <summary>What was carried over for that page.</summary>
    public const int PageBaseline = 477;

    private const int SitesToTake = 200;
    private int _taken;

    private Portal(IPortalShape shape, OperatorKey admin, OperatorKey reader) => (Shape, Admin, Reader) = (shape, admin, reader);

    /// <summary>The processes.</summary>
    public IPortalShape Shape { get; }

    /// <summary>The visitors' door.</summary>
    public PortalClient Public => Shape.PublicDoor;

    /// <summary>A key that may do everything.</summary>
    public OperatorKey Admin { get; }

    /// <summary>A key that may only read, and only one site.</summary>
    public OperatorKey Reader { get; }

    /// <summary>Starts a portal.</summary>
    public static async Task<Portal> StartAsync(Shape shape, int replicas = 2)
    {
        var admin = new OperatorKey("admin", ["admin"], ["*"]);
        var reader = new OperatorKey("reader", ["counting.read"], [Site(0)]);
        var settings = new PortalSettings { Sites = AllSites(), Keys = [admin, reader], Replicas = replicas };
        IPortalShape processes = shape == Tests.Shape.Standalone
            ? await StandaloneShape.StartNewAsync(settings)
            : await ServicesShape.StartNewAsync(settings);
        return new Portal(processes, admin, reader);
    }

    /// <summary>A site that nobody has used yet.</summary>
    public string NewSite() => Site(Interlocked.Increment(ref _taken));

    public ValueTask DisposeAsync() => Shape.DisposeAsync();

    private static string Site(int number) => string.Create(CultureInfo.InvariantCulture, $"site-{number:D3}");

    private static SiteEntry[] AllSites() =>
    [
        .. Enumerable.Range(0, SitesToTake).Select(number => new SiteEntry(Site(number))),
        new("views-only") { Privacy = "viewsOnly" },
        new("ignore") { Privacy = "ignore" },
        new("drop") { Privacy = "drop" },
        new("english") { Language = "en" },
        new SiteEntry("carried-over")
            .WithBaseline(SiteBaseline.Total, SiteBaseline.Week, SiteBaseline.Today)
            .WithBaseline(PageBaseline, 0, 0, BaselinePage),
    ];
}
