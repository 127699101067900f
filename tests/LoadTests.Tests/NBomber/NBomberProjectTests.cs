using System.Xml.Linq;
using PortalServices.Testing;
using PortalServices.Testing.Processes;

namespace PortalServices.LoadTests.Tests.NBomber;

/// <summary>Not every feed serves NBomber: nothing asks for it unless it is turned on.</summary>
public sealed class NBomberProjectTests
{
    private const string Project = "load-tests/PortalServices.LoadTests.NBomber";

    [Fact]
    public void A_restore_asks_for_NBomber_only_where_it_is_turned_on()
    {
        var named = Directory
            .EnumerateFiles(Repository.Root, "*.*", SearchOption.AllDirectories)
            .Where(file =>
                file.EndsWith(".csproj", StringComparison.Ordinal) || file.EndsWith(".props", StringComparison.Ordinal)
            )
            .Where(file => !Path.GetRelativePath(Repository.Root, file).Split('/').Any(part => part is "obj" or "bin"))
            .SelectMany(
                file => XDocument.Load(file).Descendants(),
                (file, element) => (File: Path.GetRelativePath(Repository.Root, file), Element: element)
            )
            .Where(each =>
                each.Element.Name.LocalName is "PackageReference" or "PackageVersion" or "GlobalPackageReference"
                && ((string?)each.Element.Attribute("Include"))?.StartsWith(
                    "NBomber",
                    StringComparison.OrdinalIgnoreCase
                ) == true
            )
            .ToList();
        var (where, reference) = Assert.Single(named);
        Assert.StartsWith(Project, where, StringComparison.Ordinal);
        Assert.Equal("[4.1.2]", (string?)reference.Attribute("VersionOverride"));
        Assert.Equal("'$(WithNBomber)' == 'true'", (string?)reference.Parent!.Attribute("Condition"));
        Assert.DoesNotContain(
            "nbomber\"",
            File.ReadAllText(Path.Combine(Repository.Root, Project, "packages.lock.json")),
            StringComparison.OrdinalIgnoreCase
        );
    }

    [Fact]
    public async Task Without_it_the_program_says_how_to_turn_it_on()
    {
        var program = Path.Combine(
            Repository.Root,
            Project,
            "bin",
            Repository.Configuration,
            "net10.0",
            "PortalServices.LoadTests.NBomber.dll"
        );
        await using var process = await ChildProcess.StartAsync(HostProcess.Dotnet, [program, "views"]);
        Assert.Equal(4, await process.WaitForExitAsync(TimeSpan.FromMinutes(1)));
        Assert.Contains("-p:WithNBomber=true", Assert.Single(process.Errors), StringComparison.Ordinal);
    }
}
