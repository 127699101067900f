using System.Globalization;
using System.Text.Json.Nodes;
using PortalServices.Testing;

namespace PortalServices.LoadTests.Local;

/// <summary>The seeds of the product, with more sites for load tests.</summary>
internal static class LocalSeeds
{
    /// <summary>The site for load tests in the seeds.</summary>
    public const string LoadTestSite = "loadtest";

    /// <summary>Writes them into a folder.</summary>
    /// <returns>The sites for load tests.</returns>
    public static IReadOnlyList<string> Write(string folder, int sites)
    {
        var source = Path.Combine(Repository.Root, "seeds");
        foreach (var file in Directory.EnumerateFiles(source, "*", SearchOption.AllDirectories))
        {
            var target = Path.Combine(folder, Path.GetRelativePath(source, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }
        var path = Path.Combine(folder, "sites.json");
        var list = JsonNode.Parse(File.ReadAllText(path))!;
        var entries = list["sites"]!.AsArray();
        var own = entries.Single(site => (string)site!["id"]! == LoadTestSite)!;
        List<string> names = [LoadTestSite];
        for (var number = 2; number <= sites; number++)
        {
            var name = string.Create(CultureInfo.InvariantCulture, $"{LoadTestSite}-{number}");
            var copy = own.DeepClone();
            copy["id"] = name;
            entries.Add(copy);
            names.Add(name);
        }
        File.WriteAllText(path, list.ToJsonString());
        return names;
    }
}
