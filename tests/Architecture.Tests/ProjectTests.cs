using System.Xml.Linq;
using PortalServices.Testing;

namespace PortalServices.Architecture.Tests;

/// <summary>Who may reference whom, read from the project files.</summary>
public sealed class ProjectTests
{
    private static readonly string[] Projects =
    [
        .. Directory
            .EnumerateFiles(Repository.Root, "*.csproj", SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(Repository.Root, file).Replace('\\', '/')),
    ];

    public static TheoryData<string> Libraries =>
        [
            .. Projects.Where(project =>
                project.StartsWith("services/", StringComparison.Ordinal) && !IsHost(project) && !IsShared(project)
            ),
        ];

    public static TheoryData<string> Hosts =>
        [.. Projects.Where(project => project.EndsWith(".Host.csproj", StringComparison.Ordinal))];

    public static TheoryData<string> Shared => [.. Projects.Where(IsShared)];

    [Theory]
    [MemberData(nameof(Libraries))]
    [MemberData(nameof(Shared))]
    public void A_service_references_only_what_is_shared(string project) =>
        Assert.All(ReferencesOf(project), reference => Assert.True(IsShared(reference), reference));

    [Theory]
    [MemberData(nameof(Hosts))]
    public void A_host_references_its_own_service(string project)
    {
        var service = project.Split('/')[1];
        Assert.All(
            ReferencesOf(project),
            reference =>
                Assert.True(
                    IsShared(reference) || reference == $"services/{service}/{service}/{service}.csproj",
                    reference
                )
        );
    }

    [Fact]
    public void The_edge_knows_no_service() =>
        Assert.All(
            Projects
                .Where(project => project.StartsWith("gateway/", StringComparison.Ordinal))
                .SelectMany(ReferencesOf),
            reference =>
                Assert.True(
                    IsShared(reference) || reference.StartsWith("gateway/", StringComparison.Ordinal),
                    reference
                )
        );

    [Fact]
    public void The_product_never_references_tests() =>
        Assert.All(
            Projects.Where(project => !IsOfTests(project)).SelectMany(ReferencesOf),
            reference => Assert.False(IsOfTests(reference), reference)
        );

    [Fact]
    public void A_control_references_nothing_of_the_product() =>
        Assert.All(
            Projects.Where(project => project.StartsWith("load-tests/controls/", StringComparison.Ordinal)),
            project => Assert.Empty(ReferencesOf(project))
        );

    [Fact]
    public void Every_project_is_in_the_solution()
    {
        var solution = File.ReadAllText(Path.Combine(Repository.Root, "PortalServices.sln")).Replace('\\', '/');
        Assert.All(Projects, project => Assert.Contains($"\"{project}\"", solution, StringComparison.Ordinal));
    }

    private static bool IsShared(string project) => project.StartsWith("services/Shared/", StringComparison.Ordinal);

    private static bool IsOfTests(string project) =>
        project.StartsWith("tests/", StringComparison.Ordinal)
        || project.StartsWith("load-tests/", StringComparison.Ordinal);

    private static bool IsHost(string project) =>
        project.EndsWith(".Host.csproj", StringComparison.Ordinal)
        || project == "services/Standalone/Standalone.csproj";

    private static IEnumerable<string> ReferencesOf(string project)
    {
        var folder = Path.GetDirectoryName(Path.Combine(Repository.Root, project))!;
        return XDocument
            .Load(Path.Combine(Repository.Root, project))
            .Descendants("ProjectReference")
            .Select(reference =>
                Path.GetRelativePath(
                        Repository.Root,
                        Path.GetFullPath(Path.Combine(folder, reference.Attribute("Include")!.Value))
                    )
                    .Replace('\\', '/')
            );
    }
}
