using PortalServices.Testing;
using PortalServices.Testing.Portal;
using PortalServices.Testing.Processes;
using PortalServices.Testing.Shapes;

namespace PortalServices.Standalone.Tests.Host;

/// <summary>
/// Nobody but their owner reads what the program keeps, whoever made the folder and whenever a file came to be.
/// </summary>
public sealed class FileModeTests(UsedFolder used)
{
    private const UnixFileMode OwnersFile = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        OwnersFolder = OwnersFile | UnixFileMode.UserExecute;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Everything_in_the_folder_is_its_owners_alone_also_what_an_older_version_left_readable()
    {
        await using var portal = await used.PrepareAsync(
            new PortalSettings { Counting = new Dictionary<string, string> { ["Store:CheckpointKilobytes"] = "64" } }
        );
        // As an older version, or its user, would have left it.
        foreach (var entry in Entries(portal.Data))
        {
            entry.UnixFileMode |=
                UnixFileMode.GroupRead
                | UnixFileMode.OtherRead
                | (entry is DirectoryInfo ? UnixFileMode.OtherExecute : 0);
        }
        Assert.Contains(Entries(portal.Data), entry => entry.Name == "feedback.db");
        await portal.StartAsync();
        AssertPrivate(portal.Data);
        await FillAsync(portal);
        AssertPrivate(portal.Data);
    }

    [Fact]
    public async Task A_folder_that_the_user_made_is_taken_away_from_others_and_gets_no_secret_that_the_settings_hold()
    {
        using var folder = new TemporaryDirectory();
        var data = Directory
            .CreateDirectory(folder.File("data"), OwnersFolder | UnixFileMode.OtherRead | UnixFileMode.OtherExecute)
            .FullName;
        await using var host = await HostProcess.StartAsync(
            StandaloneShape.Project,
            [
                "--data",
                data,
                "--Counting:VisitorSecret=a secret that the settings hold, of 40 letters",
                .. FreeDoors.Arguments,
            ]
        );
        AssertPrivate(data);
        Assert.Equal(0, await host.TerminateAsync());
        AssertPrivate(data);
        Assert.False(Directory.Exists(Path.Combine(data, "secrets")));
    }

    /// <summary>Views until a checkpoint was written, and feedback's database in use.</summary>
    private static async Task FillAsync(StandaloneShape portal)
    {
        var note = Path.Combine(portal.Data, "store", "checkpoint-files");
        var before = File.Exists(note) ? File.GetLastWriteTimeUtc(note) : DateTime.MinValue;
        await Eventually.HoldsAsync(
            async () =>
            {
                for (var n = 0; n < 50; n++)
                {
                    await portal.PublicDoor.ViewAsync("site", new ViewCall($"/{Guid.NewGuid():N}"), Cancel);
                }
                return File.Exists(note) && File.GetLastWriteTimeUtc(note) > before;
            },
            "a checkpoint",
            Cancel
        );
        Assert.Contains(Entries(portal.Data), entry => entry.Name == "feedback.db-wal");
    }

    internal static void AssertPrivate(string data) =>
        Assert.All(
            Entries(data),
            entry =>
            {
                try
                {
                    Assert.Equal(
                        (entry.FullName, entry is DirectoryInfo ? OwnersFolder : OwnersFile),
                        (entry.FullName, entry.UnixFileMode)
                    );
                }
                catch (FileNotFoundException)
                {
                    // The store removes what it no longer needs, at any time.
                }
            }
        );

    private static IEnumerable<FileSystemInfo> Entries(string data) =>
        [
            new DirectoryInfo(data),
            .. new DirectoryInfo(data).EnumerateFileSystemInfos(
                "*",
                new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = 0 }
            ),
        ];
}
