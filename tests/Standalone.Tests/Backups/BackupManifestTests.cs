using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using PortalServices.Standalone.Backups;
using PortalServices.Testing;
using PortalServices.Testing.Processes;

namespace PortalServices.Standalone.Tests.Backups;

/// <summary>
/// Manifests and files of a backup that somebody has changed, the checksums with them: one line says what is wrong.
/// </summary>
public sealed class BackupManifestTests : IDisposable
{
    private static readonly TimeSpan AnswerWithin = TimeSpan.FromSeconds(30);
    private readonly TemporaryDirectory _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("\"format\": 1", "\"format\": {}")]
    [InlineData("\"format\": 1", "\"format\": 1, \"format\": 1")]
    [InlineData("\"visitorSecret\": \"check\"", "\"visitorSecret\": 1")]
    [InlineData("2026-01", "2019-01")]
    [InlineData("2026-01", "3026-01")]
    [InlineData("\"instant\": \"", "\"instant\": \" ")]
    [InlineData("\"sites\": {", "\"sites\": null, \"other\": {")]
    [InlineData("\"a\": {", "\"a\": null, \"b\": {")]
    [InlineData("\"a\": {", "\"a}:x\": {")]
    [InlineData("\"commit\": 3", "\"commit\": \"3\"")]
    [InlineData("\"day\": 4", "\"day\": null")]
    [InlineData("\"week\": 5", "\"week\": 1e400")]
    [InlineData("\"secretCheck\": \"\"", "\"secretCheck\": 5")]
    [InlineData("\"listed\": true", "\"listed\": \"yes\"")]
    [InlineData("\"content\": {}", "\"content\": []")]
    [InlineData("\"files\": [", "\"files\": [ null,")]
    [InlineData("\"files\": [", "\"files\": [ [],")]
    [InlineData("\"bytes\": 1", "\"bytes\": -1")]
    [InlineData("\"bytes\": 1", "\"bytes\": 1.5")]
    [InlineData("\"sha256\": \"", "\"sha256\": \"g")]
    [InlineData("{", "[")]
    public void Another_shape_is_refused_in_one_line(string was, string becomes)
    {
        Make();
        var text = File.ReadAllText(_folder.File("manifest.json"));
        var at = text.IndexOf(was, StringComparison.Ordinal);
        Assert.True(at >= 0, text);
        Rewrite(text[..at] + becomes + text[(at + was.Length)..]);
        var refusal = Refusal();
        Assert.StartsWith("--restore: manifest.json cannot be read: ", refusal, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', refusal);
    }

    [Theory]
    [InlineData("store/socket-folder")]
    [InlineData("store/backup.sock")]
    [InlineData("store/Store/other")]
    [InlineData("store/AOF/../x")]
    [InlineData("store/AOF")]
    [InlineData("acknowledged")]
    public void Only_files_that_a_backup_is_made_of_may_be_named(string name)
    {
        Make(name);
        Assert.Equal($"--restore: manifest.json names {name}, which cannot be a file of a backup", Refusal());
    }

    [Fact]
    public void What_was_made_is_read()
    {
        Make("content.db", "feedback.db", "store/checkpoint-files", "store/AOF/log-commits/commit.1.0");
        Assert.Equal(4, BackupManifest.Read(_folder.Path, TimeProvider.System).Files.Count);
        Make("content.db", "content.db");
        Assert.Contains("names content.db, which cannot be", Refusal(), StringComparison.Ordinal);
    }

    /// <summary>Reading a pipe would wait for whoever writes to it.</summary>
    [Theory]
    [InlineData("content.db")]
    [InlineData("manifest.json.sha256")]
    [InlineData("SHA256SUMS")]
    public async Task What_is_no_ordinary_file_is_not_opened(string name)
    {
        Make();
        File.Delete(_folder.File(name));
        await ChildProcess.RunAsync("mkfifo", [_folder.File(name)]);
        var refusal = await Task.Run(Refusal, TestContext.Current.CancellationToken)
            .WaitAsync(AnswerWithin, TestContext.Current.CancellationToken);
        Assert.Equal($"--restore: {name} is no ordinary file", refusal);
        File.Delete(_folder.File(name));
        File.CreateSymbolicLink(_folder.File(name), "/dev/zero");
        Assert.StartsWith($"--restore: {name} is ", Refusal(), StringComparison.Ordinal);
    }

    private string Refusal() =>
        Assert.Throws<StartupException>(() => BackupManifest.Read(_folder.Path, TimeProvider.System)).Message;

    private void Make(params string[] names)
    {
        var files = (names.Length == 0 ? ["content.db"] : names)
            .Select(name => new BackupFile(name, 1, Hash("x")))
            .ToList();
        foreach (var file in files)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(_folder.File(file.Path))!);
            File.WriteAllText(_folder.File(file.Path), "x");
        }
        foreach (var name in (string[])["manifest.json", "manifest.json.sha256", "SHA256SUMS"])
        {
            File.Delete(_folder.File(name));
        }
        BackupManifest
            .Create(
                new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero),
                "1.0",
                "check",
                new Dictionary<string, JsonObject>
                {
                    ["counting"] = new()
                    {
                        ["sites"] = new JsonObject
                        {
                            ["a"] = new JsonObject
                            {
                                ["listed"] = true,
                                ["commit"] = 3,
                                ["epoch"] = 1,
                                ["counted"] = 1,
                                ["day"] = 4,
                                ["week"] = 5,
                                ["secretCheck"] = "",
                            },
                        },
                    },
                    ["content"] = [],
                    ["feedback"] = [],
                },
                files
            )
            .Write(_folder.Path);
    }

    private void Rewrite(string manifest)
    {
        File.WriteAllText(_folder.File("manifest.json"), manifest);
        File.WriteAllText(_folder.File("manifest.json.sha256"), $"{Hash(manifest)}  manifest.json\n");
    }

    private static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
