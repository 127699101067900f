using PortalServices.ServiceDefaults;
using PortalServices.Testing;

namespace PortalServices.Standalone.Tests.Data;

public sealed class PrivateFilesTests
{
    [Fact]
    public void A_missing_file_is_made_once_for_its_owner_alone()
    {
        using var folder = new TemporaryDirectory();
        var path = folder.File("secrets/one");

        Assert.Equal("first", PrivateFiles.ReadOrCreate(path, () => "first"));
        Assert.Equal("first", PrivateFiles.ReadOrCreate(path, () => "second"));

        Assert.Equal("first\n", File.ReadAllText(path));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
        Assert.Equal([path], Directory.GetFiles(Path.GetDirectoryName(path)!));
    }

    [Fact]
    public void What_a_killed_process_left_unfinished_is_made_anew()
    {
        using var folder = new TemporaryDirectory();
        var path = folder.File("one");
        File.WriteAllText(path + ".new", "ha");
        File.SetUnixFileMode(path + ".new", UnixFileMode.UserRead | UnixFileMode.OtherRead);

        Assert.Equal("whole", PrivateFiles.ReadOrCreate(path, () => "whole"));

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
        Assert.False(File.Exists(path + ".new"));
    }

    [Fact]
    public void An_empty_file_is_not_taken_for_a_secret()
    {
        using var folder = new TemporaryDirectory();
        File.WriteAllText(folder.File("one"), "\n");

        var refused = Assert.Throws<StartupException>(() => PrivateFiles.ReadOrCreate(folder.File("one"), () => "new"));

        Assert.StartsWith(folder.File("one") + ": empty", refused.Message, StringComparison.Ordinal);
    }
}
