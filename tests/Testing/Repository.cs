using System.Reflection;

namespace PortalServices.Testing;

/// <summary>Where the sources are, and the programs that the tests start.</summary>
public static class Repository
{
    /// <summary>The folder that holds PortalServices.sln.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>The configuration that this test is built in, as are the programs that it starts.</summary>
    public static string Configuration { get; } =
        typeof(Repository).Assembly.GetCustomAttribute<AssemblyConfigurationAttribute>()!.Configuration;

    /// <summary>
    /// Names the variable with another folder of sources whose programs are started instead of those of this one.
    /// </summary>
    public const string OtherSources = "PORTAL_TESTS_SOURCES";

    /// <summary>The program of a host, as the build of this test's own configuration left it.</summary>
    /// <param name="project">The host's project folder below the root, such as <c>gateway/Gateway</c>.</param>
    public static string Program(string project)
    {
        var name = $"PortalServices.{Path.GetFileName(project)}.dll";
        var path = Path.Combine(
            Environment.GetEnvironmentVariable(OtherSources) ?? Root,
            project,
            "bin",
            Configuration,
            "net10.0",
            name
        );
        return File.Exists(path)
            ? path
            : throw new FileNotFoundException($"{project} is not built ({Configuration}).", path);
    }

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "PortalServices.sln")))
            {
                return folder.FullName;
            }
        }
        throw new DirectoryNotFoundException($"No PortalServices.sln above {AppContext.BaseDirectory}.");
    }
}
