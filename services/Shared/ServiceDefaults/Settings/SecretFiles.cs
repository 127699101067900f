using System.Text;
using Microsoft.Extensions.Configuration.Memory;

namespace PortalServices.ServiceDefaults.Settings;

/// <summary>
/// Settings from files, one each, as container engines hand out secrets: unlike a command line they are not shown to
/// every user of the machine, and unlike the environment not to whoever may look at the process.
/// </summary>
/// <remarks>
/// Only files whose name has a section and a key are taken, <c>Section__Key</c>, so that what else lies in the folder
/// does no harm; also links to files, and nothing of folders below.
/// </remarks>
internal static class SecretFiles
{
    public const int MaxBytes = 64 * 1024,
        MaxFiles = 1_000;
    private const string Setting = $"{SecretsOptions.Section}:{nameof(SecretsOptions.Directory)}";
    private static readonly UTF8Encoding Strict = new(
        encoderShouldEmitUTF8Identifier: false,
        throwOnInvalidBytes: true
    );

    /// <summary>The settings in the folder that the others name, by their keys with colons.</summary>
    /// <exception cref="StartupException">The folder was set and is not there, or a file cannot be taken.</exception>
    public static Dictionary<string, string?> Read(IConfiguration others)
    {
        var folder = others[Setting];
        try
        {
            return folder is "" || (folder is null && !Directory.Exists(SecretsOptions.DefaultDirectory))
                ? []
                : ReadFolder(folder ?? SecretsOptions.DefaultDirectory);
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            throw new StartupException($"{Setting}: {unreadable.Message}");
        }
    }

    private static Dictionary<string, string?> ReadFolder(string folder)
    {
        var settings = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase);
        foreach (var file in Directory.EnumerateFileSystemEntries(folder))
        {
            var name = Path.GetFileName(file);
            if (name[0] == '.' || !name.Contains("__", StringComparison.Ordinal) || Directory.Exists(file))
            {
                continue;
            }
            if (settings.Count == MaxFiles)
            {
                throw new StartupException($"{Setting}: {folder} has more than {MaxFiles} files");
            }
            if (
                !settings.TryAdd(
                    name.Replace("__", ConfigurationPath.KeyDelimiter, StringComparison.Ordinal),
                    ReadFile(file)
                )
            )
            {
                throw new StartupException($"{Setting}: {file} is there twice, in capital and in small letters");
            }
        }

        return settings;
    }

    private static string ReadFile(string file)
    {
        using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
        var bytes = new byte[MaxBytes + 1];
        var length = stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        if (length > MaxBytes)
        {
            throw new StartupException($"{Setting}: {file} is larger than {MaxBytes} bytes");
        }
        try
        {
            var content = Strict.GetString(bytes, 0, length);
            return content.EndsWith('\n') ? content[..^1] : content;
        }
        catch (DecoderFallbackException)
        {
            throw new StartupException($"{Setting}: {file} is not a text in UTF-8");
        }
    }
}

/// <summary>The settings that <see cref="SecretFiles"/> has read, as a source that can be distinguished from others.</summary>
internal sealed class SecretFilesSource(IEnumerable<KeyValuePair<string, string?>> settings) : IConfigurationSource
{
    public IConfigurationProvider Build(IConfigurationBuilder builder) =>
        new Provider(new MemoryConfigurationSource { InitialData = settings });

    internal sealed class Provider(MemoryConfigurationSource source) : MemoryConfigurationProvider(source);
}
