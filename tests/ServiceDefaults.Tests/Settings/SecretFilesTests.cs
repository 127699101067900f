using Microsoft.Extensions.Configuration;
using PortalServices.ServiceDefaults.Settings;
using PortalServices.Testing;

namespace PortalServices.ServiceDefaults.Tests.Settings;

/// <summary>Settings from files, one each.</summary>
public sealed class SecretFilesTests : IDisposable
{
    private readonly TemporaryDirectory _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("value", "value")]
    [InlineData("value\n", "value")]
    [InlineData("value\n\n", "value\n")]
    [InlineData("value\r\n", "value\r")]
    [InlineData(" mật khẩu=a;b ", " mật khẩu=a;b ")]
    [InlineData("", "")]
    public void The_content_without_one_line_feed_is_the_value(string content, string value)
    {
        Write("Some__Deep__Setting", content);
        Assert.Equal(value, Read()["Some:Deep:Setting"]);
    }

    [Fact]
    public void What_is_no_setting_is_left_alone()
    {
        Write("ca.pem", new string('x', SecretFiles.MaxBytes + 1));
        Write(".A__b", "hidden");
        Directory.CreateDirectory(_folder.File("Section__Folder"));
        Write("Section__Folder/A__b", "below");
        Write("A__b", "taken");
        var settings = SecretFiles.Read(Configuration());
        Assert.Equal(["A:b"], settings.Keys);
    }

    [Fact]
    public void Links_to_files_are_taken_as_engines_make_them()
    {
        Directory.CreateDirectory(_folder.File("..data"));
        Write("..data/A__b", "one");
        File.CreateSymbolicLink(_folder.File("A__b"), Path.Combine("..data", "A__b"));
        Assert.Equal("one", Read()["A:b"]);
    }

    [Fact]
    public void Files_win_over_appsettings_and_the_command_line_wins_over_files()
    {
        Write("Kestrel__Endpoints__Probe__Url", "http://127.0.0.1:1");
        Write("Edge__MaxBodyBytes", "1111");
        var settings = PortalProcess
            .CreateBuilder($"--Secrets:Directory={_folder.Path}", "--Edge:MaxBodyBytes=2222")
            .Configuration;
        Assert.Equal(
            ("http://127.0.0.1:1", "2222"),
            (settings["Kestrel:Endpoints:Probe:Url"], settings["Edge:MaxBodyBytes"])
        );
    }

    [Fact]
    public void A_folder_that_was_set_and_is_not_there_stops_the_start()
    {
        var refused = Assert.Throws<StartupException>(() => SecretFiles.Read(Configuration(_folder.File("nowhere"))));
        Assert.StartsWith(
            "Secrets:Directory: Could not find a part of the path '",
            refused.Message,
            StringComparison.Ordinal
        );
        Assert.Empty(SecretFiles.Read(Configuration("")));
    }

    [Fact]
    public void What_cannot_be_read_stops_the_start()
    {
        File.CreateSymbolicLink(_folder.File("A__b"), "nowhere");
        AssertRefused("Secrets:Directory: Could not find file '");
    }

    [Fact]
    public void A_file_that_is_too_large_or_no_text_stops_the_start()
    {
        Write("A__b", new string('x', SecretFiles.MaxBytes));
        Assert.Equal(SecretFiles.MaxBytes, Read()["A:b"]!.Length);
        Write("A__b", new string('x', SecretFiles.MaxBytes + 1));
        AssertRefused($"Secrets:Directory: {_folder.File("A__b")} is larger than 65536 bytes");
        File.WriteAllBytes(_folder.File("A__b"), [0xff, 0xfe]);
        AssertRefused($"Secrets:Directory: {_folder.File("A__b")} is not a text in UTF-8");
    }

    [Fact]
    public void A_setting_that_is_there_twice_stops_the_start()
    {
        Write("A__b", "one");
        Write("a__B", "two");
        Assert.Throws<StartupException>(() => SecretFiles.Read(Configuration()));
    }

    private void AssertRefused(string begin) =>
        Assert.StartsWith(
            begin,
            Assert.Throws<StartupException>(() => SecretFiles.Read(Configuration())).Message,
            StringComparison.Ordinal
        );

    private void Write(string name, string content) => File.WriteAllText(_folder.File(name), content);

    private IConfiguration Read() =>
        new ConfigurationBuilder().AddInMemoryCollection(SecretFiles.Read(Configuration())).Build();

    private IConfiguration Configuration(string? folder = null) =>
        new ConfigurationBuilder().AddInMemoryCollection([new("Secrets:Directory", folder ?? _folder.Path)]).Build();
}
