using PortalServices.Standalone.Data;
using PortalServices.Testing;

namespace PortalServices.Standalone.Tests.Data;

public sealed class DataFolderTests
{
    [Fact]
    public void The_folder_is_created_for_its_owner_alone()
    {
        using var parent = new TemporaryDirectory();
        using var data = DataFolder.Open(parent.File("new/data"));

        Assert.Equal(OwnerOnly(UnixFileMode.UserExecute), File.GetUnixFileMode(data.Path));
        Assert.Equal(OwnerOnly(UnixFileMode.UserExecute), File.GetUnixFileMode(data.Store));
    }

    [Fact]
    public void A_folder_belongs_to_one_process_until_it_ends()
    {
        using var parent = new TemporaryDirectory();
        var path = parent.File("data");
        using (DataFolder.Open(path))
        {
            var refused = Assert.Throws<StartupException>(() => DataFolder.Open(path));
            Assert.Equal(
                $"--data: {path} is in use by another process; give each its own folder with --data DIR",
                refused.Message
            );
        }

        DataFolder.Open(path).Dispose();
    }

    [Fact]
    public void A_folder_of_somebody_elses_files_is_refused_and_left_as_it_is()
    {
        using var home = new TemporaryDirectory();
        File.WriteAllText(home.File("script"), "");
        File.SetUnixFileMode(home.File("script"), (UnixFileMode)Convert.ToInt32("755", 8));
        var before = File.GetUnixFileMode(home.Path);

        var refused = Assert.Throws<StartupException>(() => DataFolder.Open(home.Path));

        Assert.Equal(
            $"--data: {home.Path} holds script, which is not of this program, and would be closed to others; name an empty folder",
            refused.Message
        );
        Assert.Equal(
            (before, "755"),
            (File.GetUnixFileMode(home.Path), Convert.ToString((int)File.GetUnixFileMode(home.File("script")), 8))
        );
        Assert.Equal([home.File("script")], Directory.GetFileSystemEntries(home.Path));
    }

    [Fact]
    public void A_copy_of_a_folder_is_taken_also_on_a_file_system_of_its_own()
    {
        using var copy = new TemporaryDirectory();
        foreach (var name in (string[])["store", "secrets", "lost+found"])
        {
            Directory.CreateDirectory(copy.File(name));
        }
        foreach (var name in (string[])["content.db", "content.db-wal", "feedback.db", "operator.key", ".gitkeep"])
        {
            File.WriteAllText(copy.File(name), "");
        }
        DataFolder.Open(copy.Path).Dispose();
        // From then on it is its own, whatever is put beside it.
        File.WriteAllText(copy.File("notes.txt"), "");
        DataFolder.Open(copy.Path).Dispose();
        Assert.Equal("600", Convert.ToString((int)File.GetUnixFileMode(copy.File("notes.txt")), 8));
    }

    [Fact]
    public void What_is_no_folder_is_refused_by_its_name()
    {
        using var parent = new TemporaryDirectory();
        var file = parent.File("a file");
        File.WriteAllText(file, "");

        var refused = Assert.Throws<StartupException>(() => DataFolder.Open(file));

        Assert.StartsWith($"--data: {file} cannot be used: ", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Run_from_sources_the_data_are_beside_the_solution() =>
        Assert.Equal(Repository.Root, DataFolder.DefaultParent(AppContext.BaseDirectory));

    [Fact]
    public void Anywhere_else_they_are_in_the_current_folder()
    {
        using var elsewhere = new TemporaryDirectory();
        Assert.Equal(Directory.GetCurrentDirectory(), DataFolder.DefaultParent(elsewhere.Path));
    }

    [Theory]
    [InlineData("--data /srv/x --A:B=c", "--Data:Folder=/srv/x --A:B=c")]
    [InlineData("--data=/srv/x", "--Data:Folder=/srv/x")]
    [InlineData("--A:B=c --data", "--A:B=c --Data:Folder=")]
    [InlineData("--data --A:B=c", "--Data:Folder= --A:B=c")]
    [InlineData("--new-key name --scopes admin", "--new-key name --scopes admin")]
    public void The_argument_is_a_setting(string given, string read) =>
        Assert.Equal(read.Split(' '), StandaloneArguments.Read(given.Split(' ')));

    private static UnixFileMode OwnerOnly(UnixFileMode more) => UnixFileMode.UserRead | UnixFileMode.UserWrite | more;
}
