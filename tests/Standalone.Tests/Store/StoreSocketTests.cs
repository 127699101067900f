using System.Text;
using PortalServices.Testing;

namespace PortalServices.Standalone.Tests.Store;

public sealed class StoreSocketTests
{
    [Fact]
    public void The_socket_is_in_the_stores_folder()
    {
        using var folder = new TemporaryDirectory();
        using var socket = StoreSocket.Place(folder.Path);

        Assert.Equal(folder.File("garnet.sock"), socket.Path);
        Assert.Equal("!" + folder.File("garnet.sock"), socket.ConnectionString);
    }

    [Theory]
    [InlineData(
        "a folder whose path is longer than the address of a socket may be, as people who sort their things by project have them"
    )]
    [InlineData("đường dẫn có dấu được tính bằng byte chứ không bằng chữ: mỗi chữ vài byte")]
    [InlineData("one, two")]
    [InlineData("a=b")]
    public void Where_the_path_cannot_be_an_address_the_socket_is_in_a_private_folder_that_goes_with_it(string name)
    {
        using var folder = new TemporaryDirectory();
        var store = Directory.CreateDirectory(folder.File(name)).FullName;
        string placed;
        using (var socket = StoreSocket.Place(store))
        {
            placed = Path.GetDirectoryName(socket.Path)!;
            Assert.True(Encoding.UTF8.GetByteCount(socket.Path) < 104, socket.Path);
            Assert.Equal(
                UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute,
                File.GetUnixFileMode(placed)
            );
        }

        Assert.False(Directory.Exists(placed));
    }

    [Fact]
    public void What_a_killed_process_left_is_cleared_away_by_the_next()
    {
        using var folder = new TemporaryDirectory();
        var store = Directory.CreateDirectory(folder.File("one, two")).FullName;
        var left = Path.GetDirectoryName(StoreSocket.Place(store).Path)!;
        File.WriteAllText(Path.Combine(left, "garnet.sock"), "");

        using var next = StoreSocket.Place(store);

        Assert.False(Directory.Exists(left));
        Assert.True(Directory.Exists(Path.GetDirectoryName(next.Path)));
    }
}
