using Microsoft.Extensions.Configuration;
using PortalServices.ServiceDefaults.Settings;
using PortalServices.ServiceDefaults.Tests.Hosting;
using PortalServices.Testing;

namespace PortalServices.ServiceDefaults.Tests.Settings;

/// <summary>Which settings are refused, by the source that they come from.</summary>
[Collection(OwnProcess.Name)]
public sealed class SectionCheckTests : IDisposable
{
    private readonly TemporaryDirectory _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("""{"Egde":{"X":1}}""", "Egde:X: there is no such section of settings (from appsettings.json)")]
    [InlineData("""{"Egde":{"X":1,"Y":2}}""", "Egde: there is no such section of settings (from appsettings.json)")]
    [InlineData("""{"Egde":null}""", "Egde: there is no such section of settings (from appsettings.json)")]
    [InlineData(
        """{"AllowedHosts":"*"}""",
        "AllowedHosts: there is no such section of settings (from appsettings.json)"
    )]
    [InlineData("""{"urls":"http://*:80"}""", "urls: there is no such section of settings (from appsettings.json)")]
    [InlineData("""{"Known":"x"}""", "Known: a section, not a single value (from appsettings.json)")]
    [InlineData("""{"Known":["x"]}""", "Known:0: there is no such setting (from appsettings.json)")]
    [InlineData(
        """{"Known":{"Name":["x"]}}""",
        "Known:Name:0: there is no such setting: Known:Name is a single value (from appsettings.json)"
    )]
    [InlineData(
        """{"Mail":{"Host":"x"}}""",
        "Mail:Host: a setting of another service, which this one does not read (from appsettings.json)"
    )]
    [InlineData("""{"":{"x":1}}""", "'': there is no such section of settings")]
    public void A_file_beside_the_program_holds_settings_of_this_host_only(string json, string expected) =>
        Assert.Equal(expected, Assert.Single(Check(File(json))));

    [Theory]
    [InlineData("""{"Known":{}}""")]
    [InlineData("""{"Known":null}""")]
    [InlineData("""{"Known":[]}""")]
    [InlineData("""{"known":{"NAME":"x"}}""")]
    [InlineData("""{"Known":{"Name":null}}""")]
    [InlineData("""{"$schema":"https://example.com/appsettings.json","OTEL_SERVICE_NAME":"x","DOTNET_gcServer":"1"}""")]
    public void What_is_right_or_empty_is_accepted(string json) => Assert.Empty(Check(File(json)));

    [Theory]
    [InlineData("Egde__X", "Egde:X: there is no such section of settings (from the environment)")]
    [InlineData("Known__Nmae", "Known:Nmae: there is no such setting (from the environment)")]
    [InlineData(
        "Known__Name__x",
        "Known:Name:x: there is no such setting: Known:Name is a single value (from the environment)"
    )]
    [InlineData(
        "CUSTOMCONNSTR_nothing",
        "ConnectionStrings:nothing: there is no such section of settings (from the environment)"
    )]
    public void The_environment_is_held_to_names_with_a_section(string name, string expected) =>
        Assert.Equal(expected, Assert.Single(CheckEnvironment(name)));

    [Theory]
    [InlineData("KNOWN")]
    [InlineData("EGDE")]
    [InlineData("__EGDE__X")]
    [InlineData("Mail__Host")]
    [InlineData("otel_a__b")]
    [InlineData("BASH_FUNC_a__b%%")]
    public void What_belongs_to_the_machine_or_to_another_service_is_left_alone(string name) =>
        Assert.Empty(CheckEnvironment(name));

    [Fact]
    public void A_source_that_comes_later_is_held_to_the_same_and_named()
    {
        var later = new Later
        {
            Data =
            {
                ["Egde:X"] = "1",
                ["Mail:Host"] = "x",
                ["machine"] = "x",
            },
        };
        Assert.Equal(
            "Egde:X: there is no such section of settings (from a folder of files)",
            Assert.Single(Check(builder => builder.Add(later)))
        );
    }

    [Fact]
    public void Only_the_value_that_wins_is_read_but_every_key_of_every_source()
    {
        var wrong = File("""{"Known":{"Number":"many","Nmae":"x"}}""");
        Assert.Equal(
            ["Known:Nmae: there is no such setting (from appsettings.json and the command line)"],
            Check(builder =>
            {
                wrong(builder);
                builder.AddCommandLine(["--Known:Number=7", "--Known:Nmae=y"]);
            })
        );
        Assert.Equal(
            ["Known:Number: 'few' is not a whole number (from the command line)"],
            Check(builder =>
            {
                File("""{"Known":{"Number":7}}""")(builder);
                builder.AddCommandLine(["--Known:Number=few"]);
            })
        );
    }

    private static IEnumerable<string> CheckEnvironment(string name)
    {
        // As the provider of the environment makes it of all variables; only one of them matters here.
        Environment.SetEnvironmentVariable(name, "x");
        try
        {
            var key = name.Split("__")[^1].Split('_')[^1];
            return
            [
                .. Check(builder => builder.AddEnvironmentVariables())
                    .Where(mistake => mistake.Contains(key, StringComparison.OrdinalIgnoreCase)),
            ];
        }
        finally
        {
            Environment.SetEnvironmentVariable(name, null);
        }
    }

    private Action<IConfigurationBuilder> File(string json)
    {
        System.IO.File.WriteAllText(_folder.File("appsettings.json"), json);
        return builder => builder.SetBasePath(_folder.Path).AddJsonFile("appsettings.json");
    }

    private static List<string> Check(Action<IConfigurationBuilder> add)
    {
        var builder = new ConfigurationBuilder();
        add(builder);
        var shape = SettingShape.Section(
            new Dictionary<string, SettingShape>
            {
                ["Name"] = SettingShape.Text,
                ["Number"] = SettingShape.Of(typeof(int)),
            }
        );
        return new SectionCheck(builder.Build(), [new KnownSection("Known", shape)]).FindMistakes();
    }

    private sealed class Later : ConfigurationProvider, IConfigurationSource
    {
        public new IDictionary<string, string?> Data => base.Data;

        public IConfigurationProvider Build(IConfigurationBuilder builder) => this;

        public override string ToString() => "a folder of files";
    }
}
