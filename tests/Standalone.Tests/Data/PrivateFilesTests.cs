using PortalServices.Standalone.Data;
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

    [Fact]
    public void A_folder_that_others_could_read_is_its_owners_alone_with_all_that_is_in_it()
    {
        using var folder = new TemporaryDirectory();
        Directory.CreateDirectory(folder.File("data/a/b"));
        string[] files = [folder.File("data/feedback.db"), folder.File("data/.hidden"), folder.File("data/a/b/deep")];
        foreach (var file in files)
        {
            File.WriteAllText(file, "");
        }
        foreach (var path in (string[])[.. files, folder.File("data"), folder.File("data/a"), folder.File("data/a/b")])
        {
            File.SetUnixFileMode(path, (UnixFileMode)Convert.ToInt32("775", 8));
        }

        Assert.Empty(PrivateFiles.Correct(folder.File("data")));

        Assert.All(files, file => Assert.Equal(OwnersFile, File.GetUnixFileMode(file)));
        Assert.All(
            (string[])["data", "data/a", "data/a/b"],
            each => Assert.Equal(OwnersFolder, File.GetUnixFileMode(folder.File(each)))
        );
    }

    [Fact]
    public void What_a_link_leads_to_is_left_as_it_is()
    {
        using var folder = new TemporaryDirectory();
        Directory.CreateDirectory(folder.File("data"));
        Directory.CreateDirectory(folder.File("outside"));
        var shared = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.OtherRead;
        foreach (var file in (string[])["target", "outside/inner"])
        {
            File.WriteAllText(folder.File(file), "");
            File.SetUnixFileMode(folder.File(file), shared);
        }

        File.CreateSymbolicLink(folder.File("data/link"), folder.File("target"));
        Directory.CreateSymbolicLink(folder.File("data/folder"), folder.File("outside"));
        File.CreateSymbolicLink(folder.File("data/broken"), folder.File("nowhere"));
        Directory.CreateSymbolicLink(folder.File("data/round"), folder.File("data"));
        var outside = File.GetUnixFileMode(folder.File("outside"));

        Assert.Empty(PrivateFiles.Correct(folder.File("data")));

        Assert.Equal(
            (shared, shared, outside),
            (
                File.GetUnixFileMode(folder.File("target")),
                File.GetUnixFileMode(folder.File("outside/inner")),
                File.GetUnixFileMode(folder.File("outside"))
            )
        );
        // The folder itself may be chosen by a link.
        File.SetUnixFileMode(folder.File("data"), OwnersFolder | UnixFileMode.OtherRead);
        Directory.CreateSymbolicLink(folder.File("chosen"), folder.File("data"));
        Assert.Empty(PrivateFiles.Correct(folder.File("chosen")));
        Assert.Equal(OwnersFolder, File.GetUnixFileMode(folder.File("data")));
    }

    /// <summary>The kernel's own files are nobody's to change.</summary>
    [Fact]
    public void What_cannot_be_corrected_is_named() =>
        Assert.Equal(["/proc/sys/kernel/random"], PrivateFiles.Correct("/proc/sys/kernel/random"));

    private const UnixFileMode OwnersFile = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        OwnersFolder = OwnersFile | UnixFileMode.UserExecute;
}
