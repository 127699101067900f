using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using PortalServices.Counting;

namespace PortalServices.Standalone.Backups;

/// <summary>One file of a backup.</summary>
/// <param name="Path">Below the backup's folder, parted by <c>/</c>.</param>
/// <param name="Bytes">Its size.</param>
/// <param name="Hash">Its SHA-256, hexadecimal digits in lower case.</param>
internal sealed record BackupFile(string Path, long Bytes, string Hash);

/// <summary>
/// <c>manifest.json</c>: what a backup holds. Beside it <c>manifest.json.sha256</c> and <c>SHA256SUMS</c>, both as
/// <c>sha256sum -c</c> reads them.
/// </summary>
/// <remarks>
/// Stored for as long as somebody keeps a backup: properties are added, none is renamed; what an earlier version could
/// not read has another <c>format</c>.
/// </remarks>
internal sealed class BackupManifest
{
    public const string Name = "manifest.json",
        HashName = Name + ".sha256",
        SumsName = "SHA256SUMS";

    /// <summary>The parts with totals.</summary>
    public const string Counting = "counting",
        Content = "content",
        Feedback = "feedback";

    private const int Format = 1,
        MaxBytes = 16 * 1024 * 1024,
        MaxFiles = 100_000;

    private static readonly string[] OfStore =
    [
        DataFolder.StoreName + "/AOF/",
        DataFolder.StoreName + "/Store/checkpoints/",
    ];

    private static readonly JsonSerializerOptions Written = new()
    {
        WriteIndented = true,
        NewLine = "\n",
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private readonly JsonObject _json;

    private BackupManifest(JsonObject json, IReadOnlyList<BackupFile> files) => (_json, Files) = (json, files);

    /// <summary>All files but those three.</summary>
    public IReadOnlyList<BackupFile> Files { get; }

    /// <summary>The moment that the backup is of.</summary>
    public DateTimeOffset Instant =>
        DateTimeOffset.Parse(_json["instant"]!.GetValue<string>(), CultureInfo.InvariantCulture);

    /// <summary>A check value of the visitor secret.</summary>
    public string VisitorSecret => _json["visitorSecret"]!.GetValue<string>();

    /// <summary>The totals of a part.</summary>
    public JsonObject Totals(string part) => _json[part]!.AsObject();

    public static BackupManifest Create(
        DateTimeOffset instant,
        string version,
        string visitorSecret,
        IReadOnlyDictionary<string, JsonObject> totals,
        IReadOnlyList<BackupFile> files
    )
    {
        var json = new JsonObject
        {
            ["format"] = Format,
            ["version"] = version,
            ["instant"] = instant.UtcDateTime.ToString("O", CultureInfo.InvariantCulture),
            ["visitorSecret"] = visitorSecret,
        };
        foreach (var (part, of) in totals)
        {
            json[part] = of;
        }
        json["files"] = new JsonArray([
            .. files.Select(file => new JsonObject
            {
                ["path"] = file.Path,
                ["bytes"] = file.Bytes,
                ["sha256"] = file.Hash,
            }),
        ]);
        return new BackupManifest(json, files);
    }

    /// <summary>Writes the three files, the manifest's own checksum last.</summary>
    public void Write(string folder)
    {
        var text = Encoding.UTF8.GetBytes(_json.ToJsonString(Written) + "\n");
        DurableFiles.Write(Path.Combine(folder, SumsName), Encoding.UTF8.GetBytes(Sums(HashOf(text))));
        DurableFiles.Write(Path.Combine(folder, Name), text);
        DurableFiles.Write(Path.Combine(folder, HashName), Encoding.UTF8.GetBytes(Line(HashOf(text), Name)));
    }

    /// <summary>Reads the manifest of a backup, and checks all that it says of files but what is in them.</summary>
    /// <exception cref="StartupException">It is none, is of a later version, or the files are not those it
    /// names.</exception>
    public static BackupManifest Read(string folder, TimeProvider time)
    {
        if (!OrdinaryFile.IsThere(Path.Combine(folder, Name)))
        {
            throw new StartupException(
                $"--restore: {folder} holds no {Name}: it is no backup, or one that did not end"
            );
        }
        var text = ReadSmall(folder, Name);
        if (Encoding.UTF8.GetString(ReadSmall(folder, HashName)) != Line(HashOf(text), Name))
        {
            throw new StartupException($"--restore: {Name} is not what {HashName} says: it was changed");
        }
        var manifest = Parse(text, time);
        if (Encoding.UTF8.GetString(ReadSmall(folder, SumsName)) != manifest.Sums(HashOf(text)))
        {
            throw new StartupException($"--restore: {SumsName} is not what {Name} says: it was changed");
        }
        manifest.CheckNames(folder);
        return manifest;
    }

    /// <summary>What differs from the totals of a part, or null.</summary>
    public string? FindDifference(string part, JsonObject found) =>
        FindDifference(part, Totals(part), found)?.ReplaceLineEndings(" ");

    private static string? FindDifference(string path, JsonNode? noted, JsonNode? found)
    {
        if (noted is not JsonObject || found is not JsonObject)
        {
            return JsonNode.DeepEquals(noted, found)
                ? null
                : $"{path} is {found?.ToJsonString() ?? "missing"}, and {Name} says {noted?.ToJsonString() ?? "nothing"}";
        }
        return noted
            .AsObject()
            .Select(each => each.Key)
            .Union(found.AsObject().Select(each => each.Key), StringComparer.Ordinal)
            .Select(name => FindDifference($"{path}.{name}", noted[name], found[name]))
            .FirstOrDefault(difference => difference is not null);
    }

    private static BackupManifest Parse(byte[] text, TimeProvider time)
    {
        JsonObject json;
        try
        {
            json = Of<JsonObject>(
                JsonNode.Parse(text, documentOptions: new JsonDocumentOptions { AllowDuplicateProperties = false }),
                "it"
            );
        }
        catch (JsonException unreadable)
        {
            throw Unreadable(unreadable.Message);
        }
        if (Value<int>(json["format"], "format") is var format && format != Format)
        {
            throw new StartupException(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"--restore: {Name} is of format {format}, and this version reads format {Format}: use the version that made it"
                )
            );
        }
        _ = Value<string>(json["visitorSecret"], "visitorSecret");
        if (
            !DateTimeOffset.TryParseExact(
                Value<string>(json["instant"], "instant"),
                "O",
                CultureInfo.InvariantCulture,
                DateTimeStyles.RoundtripKind,
                out var instant
            ) || !CountingSetup.IsBackupInstant(instant, time)
        )
        {
            throw Unreadable("instant is not when a backup was made");
        }
        foreach (var part in (string[])[Content, Feedback])
        {
            _ = Of<JsonObject>(json[part], part);
        }
        foreach (var (site, of) in Of<JsonObject>(Of<JsonObject>(json[Counting], Counting)["sites"], "sites"))
        {
            CheckSite(site, Of<JsonObject>(of, $"sites.{site}"));
        }
        return new BackupManifest(
            json,
            [
                .. Of<JsonArray>(json["files"], "files")
                    .Select(
                        (each, index) => FileOf(each, string.Create(CultureInfo.InvariantCulture, $"files[{index}]"))
                    ),
            ]
        );
    }

    private static void CheckSite(string site, JsonObject of)
    {
        if (!CountingSetup.IsSiteId(site))
        {
            throw Unreadable("sites has one that is none");
        }
        foreach (var number in (string[])["commit", "epoch", "counted", "day", "week"])
        {
            _ = Value<long>(of[number], $"sites.{site}.{number}");
        }
        _ = Value<string>(of["secretCheck"], $"sites.{site}.secretCheck");
        if (of.ContainsKey("listed"))
        {
            _ = Value<bool>(of["listed"], $"sites.{site}.listed");
        }
    }

    private static BackupFile FileOf(JsonNode? json, string place)
    {
        var file = Of<JsonObject>(json, place);
        var (path, bytes, hash) = (
            Value<string>(file["path"], place),
            Value<long>(file["bytes"], place),
            Value<string>(file["sha256"], place)
        );
        return bytes >= 0 && hash.Length == 2 * SHA256.HashSizeInBytes && hash.All(char.IsAsciiHexDigitLower)
            ? new BackupFile(path, bytes, hash)
            : throw Unreadable($"{place} is not what it has to be");
    }

    private static T Of<T>(JsonNode? node, string place)
        where T : JsonNode => node as T ?? throw Unreadable($"{place} is not what it has to be");

    private static T Value<T>(JsonNode? node, string place) =>
        node is JsonValue value && value.TryGetValue<T>(out var read)
            ? read
            : throw Unreadable($"{place} is not what it has to be");

    private static StartupException Unreadable(string reason) =>
        new($"--restore: {Name} cannot be read: {reason.ReplaceLineEndings(" ")}");

    private void CheckNames(string folder)
    {
        var named = new HashSet<string>(StringComparer.Ordinal) { Name, HashName, SumsName };
        foreach (var file in Files)
        {
            if (!IsPlain(file.Path) || !named.Add(file.Path))
            {
                throw new StartupException(
                    $"--restore: {Name} names {file.Path.ReplaceLineEndings(" ")}, which cannot be a file of a backup"
                );
            }
        }
        foreach (var entry in new DirectoryInfo(folder).EnumerateFileSystemInfos("*", Everything()).Take(MaxFiles))
        {
            var name = Path.GetRelativePath(folder, entry.FullName).Replace(Path.DirectorySeparatorChar, '/');
            if (entry.LinkTarget is not null)
            {
                throw new StartupException($"--restore: {name} is a link, and a backup has none");
            }
            if (entry is FileInfo && !named.Contains(name))
            {
                throw new StartupException($"--restore: {name} is not in {Name}");
            }
        }
        foreach (var file in Files)
        {
            if (OrdinaryFile.BytesOf(Path.Combine(folder, file.Path), file.Path) is var bytes && bytes != file.Bytes)
            {
                throw new StartupException(
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"--restore: {file.Path} has {bytes} bytes, and {Name} says {file.Bytes}"
                    )
                );
            }
        }
    }

    private static EnumerationOptions Everything() =>
        new() { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.None };

    // What a backup is made of, and nothing that leads out of the folder or is the portal's own.
    private static bool IsPlain(string path) =>
        path is DataFolder.ContentName or DataFolder.FeedbackName or (DataFolder.StoreName + "/checkpoint-files")
        || (
            Array.Exists(OfStore, folder => path.StartsWith(folder, StringComparison.Ordinal))
            && path.Split('/').All(part => part.Length > 0 && part is not ("." or ".."))
            && path.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '/' or '.' or '-' or '_')
        );

    private string Sums(string hashOfManifest) =>
        string.Concat(Files.Select(file => Line(file.Hash, file.Path))) + Line(hashOfManifest, Name);

    private static string Line(string hash, string path) => $"{hash}  {path}\n";

    private static string HashOf(byte[] text) => Convert.ToHexStringLower(SHA256.HashData(text));

    private static byte[] ReadSmall(string folder, string name) =>
        OrdinaryFile.BytesOf(Path.Combine(folder, name), name) <= MaxBytes
            ? File.ReadAllBytes(Path.Combine(folder, name))
            : throw new StartupException($"--restore: {name} is too long");
}
