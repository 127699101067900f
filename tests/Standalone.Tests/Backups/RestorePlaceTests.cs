using Microsoft.Extensions.Configuration;
using PortalServices.Standalone.Backups;
using PortalServices.Testing;

namespace PortalServices.Standalone.Tests.Backups;

/// <summary>The data folder that is restored to: what has survived stays, and nothing of what failed.</summary>
public sealed class RestorePlaceTests
{
    private static readonly string[] Secret = ["secrets", "visitor-secret"];
    private static readonly string[] Key = ["operator.key"];

    [Fact]
    public void A_disk_without_room_is_refused_before_anything_is_copied()
    {
        using var folder = new TemporaryDirectory();
        var settings = new ConfigurationManager { ["Data:Folder"] = folder.Path };
        using var place = new RestorePlace(settings);
        place.CheckRoom(1);
        Assert.Contains(
            "--restore: the backup has 9223372036854775807 bytes, and ",
            Assert.Throws<StartupException>(() => place.CheckRoom(long.MaxValue)).Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Secrets_of_a_restore_that_failed_are_removed_and_those_that_survived_stay()
    {
        using var folder = new TemporaryDirectory();
        File.WriteAllText(folder.File("operator.key"), "of before\n");
        using (var place = Begin(folder.Path))
        {
            place.Add("of the backup", Secret);
            place.Add("of the backup", Key);
            // There are no databases.
            Assert.ThrowsAny<IOException>(place.Finish);
            Assert.True(File.Exists(place.File(Secret)));
        }
        Assert.Equal(
            ["lock", "operator.key"],
            Directory.GetFileSystemEntries(folder.Path).Select(Path.GetFileName).Order(StringComparer.Ordinal)
        );
        Assert.Equal("of before\n", File.ReadAllText(folder.File("operator.key")));
    }

    [Fact]
    public void A_restore_that_was_killed_leaves_nothing_that_stops_the_next_one()
    {
        using var folder = new TemporaryDirectory();
        using var killed = new TemporaryDirectory();
        using (var place = Begin(folder.Path))
        {
            place.Add("of one backup", Secret);
            Assert.ThrowsAny<IOException>(place.Finish);
            Folders.Copy(folder.Path, killed.Path);
        }
        // It was being written.
        File.WriteAllText(killed.File("operator.key.new"), "of o");
        File.WriteAllText(killed.File("acknowledged.new"), "of a");
        using var next = Begin(killed.Path);
        Assert.False(File.Exists(next.File(Secret)));
        foreach (var name in (string[])["content.db", "feedback.db"])
        {
            File.WriteAllText(Path.Combine(next.Unfinished.Path, name), "");
        }
        next.Add("of another backup", Secret);
        next.Add("of another backup", Key);
        next.Finish();
        Assert.Equal("of another backup\n", File.ReadAllText(killed.File("secrets/visitor-secret")));
        Assert.Equal("of another backup\n", File.ReadAllText(killed.File("operator.key")));
        Assert.False(Directory.Exists(killed.File("restore.unfinished")));
    }

    private static RestorePlace Begin(string folder)
    {
        var place = new RestorePlace(new ConfigurationManager { ["Data:Folder"] = folder });
        try
        {
            place.Begin();
            return place;
        }
        catch
        {
            place.Dispose();
            throw;
        }
    }
}
