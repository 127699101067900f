using PortalServices.Standalone.Backups;
using PortalServices.Testing;

namespace PortalServices.Standalone.Tests.Backups;

/// <summary>The places that are written to: nothing is left in them of what did not end.</summary>
public sealed class BackupFolderTests
{
    [Fact]
    public void A_link_stays_and_where_it_leads_to_is_written()
    {
        using var place = new TemporaryDirectory();
        Directory.CreateDirectory(place.File("target"));
        File.CreateSymbolicLink(place.File("link"), place.File("target"));
        using (var folder = BackupFolder.Begin(place.File("link")))
        {
            File.WriteAllText(Path.Combine(folder.Path, "file"), "");
            folder.Finish();
            folder.Keep();
        }
        Assert.Equal(place.File("target"), new DirectoryInfo(place.File("link")).LinkTarget);
        Assert.True(File.Exists(place.File("target/file")));
    }

    [Fact]
    public void What_is_in_its_place_goes_where_what_belongs_to_it_failed()
    {
        using var place = new TemporaryDirectory();
        using (var folder = BackupFolder.Begin(place.File("secrets")))
        {
            folder.Finish();
            Assert.True(Directory.Exists(place.File("secrets")));
        }
        Assert.Empty(Directory.GetFileSystemEntries(place.Path));
    }

    /// <summary>As a kill leaves it, at the last moment before it is in its place.</summary>
    [Fact]
    public void What_did_not_end_is_made_anew_however_far_it_came()
    {
        using var place = new TemporaryDirectory();
        var folder = BackupFolder.Begin(place.File("backup"));
        File.WriteAllText(Path.Combine(folder.Path, "file"), "");
        File.WriteAllText(place.File("backup"), "in its place");
        Assert.ThrowsAny<IOException>(folder.Finish);
        File.Delete(place.File("backup"));

        using (var again = BackupFolder.Begin(place.File("backup")))
        {
            Assert.Empty(again.Files());
            again.Finish();
            again.Keep();
        }
        Assert.Equal([place.File("backup")], Directory.GetFileSystemEntries(place.Path));
        Assert.Empty(Directory.GetFileSystemEntries(place.File("backup")));
    }

    [Fact]
    public void A_mounted_disk_is_refused_at_the_beginning()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "A disk that is there on every Linux.");
        Assert.Equal(
            "--backup: a disk is mounted at /proc: name a new folder in it",
            Assert.Throws<StartupException>(() => BackupFolder.Begin("/proc")).Message
        );
    }
}
