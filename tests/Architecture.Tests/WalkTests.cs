using System.Text.RegularExpressions;
using PortalServices.Testing;

namespace PortalServices.Architecture.Tests;

/// <summary>docs/architecture.md leads through files that are there.</summary>
public sealed partial class WalkTests
{
    private const int MaxFilesOfView = 40;

    private static readonly IReadOnlyList<(string Life, string File)> Walk = Read();

    [Fact]
    public void Every_file_of_a_walk_is_there()
    {
        Assert.NotEmpty(Walk);
        Assert.DoesNotContain(Walk, step => !File.Exists(Path.Combine(Repository.Root, step.File)));
    }

    [Fact]
    public void A_view_is_followed_in_at_most_forty_files() =>
        Assert.InRange(Walk.Count(step => step.Life == "The life of a view"), 20, MaxFilesOfView);

    private static List<(string, string)> Read()
    {
        var (life, folder) = ("", "");
        List<(string, string)> walk = [];
        foreach (var line in File.ReadLines(Path.Combine(Repository.Root, "docs", "architecture.md")))
        {
            if (line.StartsWith("## ", StringComparison.Ordinal))
            {
                life = line[3..];
            }
            else if (FolderRow().Match(line) is { Success: true } row)
            {
                folder = row.Groups[1].Value;
            }
            else if (line.StartsWith("| ", StringComparison.Ordinal) && char.IsAsciiDigit(line[2]))
            {
                // A row that is written otherwise leads to no file, and is found by that.
                walk.Add((life, $"{folder}/{FileRow().Match(line).Groups[1].Value}"));
            }
        }
        return walk;
    }

    [GeneratedRegex(@"^\| \| \*\*(.+)\*\* \|")]
    private static partial Regex FolderRow();

    [GeneratedRegex(@"^\| \d+ \| `([^`]+)` \|")]
    private static partial Regex FileRow();
}
