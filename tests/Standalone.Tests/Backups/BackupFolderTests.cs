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
        Directory.CreateDirectory(place.File("backup.unfinished/backup"));
        File.WriteAllText(place.File("backup.unfinished/backup/file"), "");
        File.WriteAllText(place.File("backup.unfinished/.unfinished-backup"), "");

        using (var again = BackupFolder.Begin(place.File("backup")))
        {
            Assert.Empty(again.Files());
            again.Finish();
            again.Keep();
        }
        Assert.Equal([place.File("backup")], Directory.GetFileSystemEntries(place.Path));
        Assert.Empty(Directory.GetFileSystemEntries(place.File("backup")));
    }

    /// <summary>Two processes, each with data of its own, were given the same folder.</summary>
    [Fact]
    public void What_another_one_is_writing_is_left_to_it()
    {
        using var place = new TemporaryDirectory();
        using (var first = BackupFolder.Begin(place.File("backup")))
        {
            File.WriteAllText(Path.Combine(first.Path, "file"), "");
            Assert.Equal(
                $"--backup: another backup is being written to {place.File("backup")}",
                Assert.Throws<StartupException>(() => BackupFolder.Begin(place.File("backup"))).Message
            );
            first.Finish();
            first.Keep();
        }
        Assert.Equal([place.File("backup")], Directory.GetFileSystemEntries(place.Path));
        Assert.True(File.Exists(place.File("backup/file")));
    }

    /// <summary>As a kill leaves it, at the first moment at which it is in its place.</summary>
    [Fact]
    public void What_is_left_beside_a_finished_one_is_removed()
    {
        using var place = new TemporaryDirectory();
        Directory.CreateDirectory(place.File("backup.unfinished"));
        File.WriteAllText(place.File("backup.unfinished/.unfinished-backup"), "");
        Directory.CreateDirectory(place.File("backup"));
        File.WriteAllText(place.File("backup/file"), "");
        Assert.Equal(
            $"--backup: {place.File("backup")} is not empty: name a new folder",
            Assert.Throws<StartupException>(() => BackupFolder.Begin(place.File("backup"))).Message
        );
        Assert.Equal([place.File("backup")], Directory.GetFileSystemEntries(place.Path));
        Assert.True(File.Exists(place.File("backup/file")));
    }

    /// <summary>The folder can be made, and nothing in it: its path is as long as a path can be.</summary>
    [Fact]
    public void One_that_cannot_be_begun_leaves_nothing()
    {
        const int LongestPath = 4_095,
            LongName = 200;
        using var place = new TemporaryDirectory();
        var parent = place.Path;
        while (parent.Length < LongestPath - (2 * LongName))
        {
            parent = Path.Combine(parent, new string('d', LongName));
        }
        parent = Path.Combine(parent, new string('d', LongestPath - parent.Length - LongName));
        Directory.CreateDirectory(parent);
        var name = new string('b', LongestPath - parent.Length - "/".Length - ".unfinished".Length);
        Assert.ThrowsAny<IOException>(() => BackupFolder.Begin(Path.Combine(parent, name)));
        Assert.Empty(Directory.GetFileSystemEntries(parent));
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
