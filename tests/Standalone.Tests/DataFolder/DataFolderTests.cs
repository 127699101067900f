using PortalServices.ServiceDefaults;
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
            Assert.Equal($"--data: {path} is in use by another process; give each its own folder with --data DIR", refused.Message);
        }

        DataFolder.Open(path).Dispose();
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

    static UnixFileMode OwnerOnly(UnixFileMode more) => UnixFileMode.UserRead | UnixFileMode.UserWrite | more;
}
