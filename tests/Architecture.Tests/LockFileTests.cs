using System.Text.Json;
using PortalServices.Testing;

namespace PortalServices.Architecture.Tests;

/// <summary>What is restored is said in git, by version and hash, for every platform that is built for.</summary>
public sealed class LockFileTests
{
    private static readonly string[] Targets =
    [
        "net10.0",
        "net10.0/linux-arm64",
        "net10.0/linux-x64",
        "net10.0/osx-arm64",
        "net10.0/win-x64",
    ];

    public static TheoryData<string> Projects =>
        [
            .. Directory
                .GetFiles(Repository.Root, "*.csproj", SearchOption.AllDirectories)
                .Select(project => Path.GetRelativePath(Repository.Root, project))
                .Order(StringComparer.Ordinal),
        ];

    [Theory, MemberData(nameof(Projects))]
    public void A_project_has_a_lock_file_for_every_platform(string project)
    {
        var file = Path.Combine(Repository.Root, Path.GetDirectoryName(project)!, "packages.lock.json");
        using var locked = JsonDocument.Parse(File.ReadAllText(file));
        var targets = locked.RootElement.GetProperty("dependencies").EnumerateObject().ToList();
        Assert.Equal(Targets, targets.Select(target => target.Name).Order(StringComparer.Ordinal));
        var packages = targets
            .SelectMany(target => target.Value.EnumerateObject())
            .Where(package => package.Value.GetProperty("type").GetString() != "Project")
            .ToList();
        Assert.NotEmpty(packages);
        Assert.All(packages, package => Assert.True(package.Value.TryGetProperty("contentHash", out _), package.Name));
    }
}
