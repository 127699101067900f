namespace PortalServices.Model.Tests.Model;

/// <summary>A page of the test, and how clients spell it.</summary>
internal sealed record Page(string Path, params string[] Spellings)
{
    /// <summary>More pages than count on their own.</summary>
    public static readonly IReadOnlyList<Page> All =
    [
        new("/", "/", "/?utm_source=mail", "/#top"),
        new("/a", "/a", "/a/", "/x/../a"),
        new("/A", "/A", "/./A"),
        new("/b/c", "/b/c", "/b//c", "/b/c?x=1"),
        new("/tin", "/tin", "/tin/?x=1"),
        new("/tin?ItemID=7", "/tin?ItemID=7", "/tin?utm=2&itemid=7#y"),
        new("/đường", "/đường", "/%C4%91%C6%B0%E1%BB%9Dng", "/đu\u031bo\u031b\u0300ng"),
        new("/z", "/z"),
    ];

    /// <summary>A page by any number.</summary>
    public static Page At(int index) => All[index % All.Count];

    /// <summary>A spelling by any number.</summary>
    public string SpeltAs(int index) => Spellings[index % Spellings.Length];

    /// <inheritdoc />
    public override string ToString() => Path;
}
