using System.Text;
using System.Text.RegularExpressions;
using PortalServices.Testing;

namespace PortalServices.Acceptance.Tests.Commands;

/// <summary>A command that a document shows: in a fenced block of shell, or within a sentence.</summary>
/// <param name="Document">Below the root.</param>
/// <param name="Text">As one line or, where a quoted text has several, as several; comments left out.</param>
internal sealed partial record DocumentedCommand(string Document, string Text)
{
    private static readonly string[] Shells = ["sh", "bash", "shell", "console"];

    // What else stands in a block, and is no command.
    private static readonly string[] OtherLanguages = ["", "html", "js", "json", "mermaid", "nginx", "yaml"];

    // Within a sentence, what begins with one of these and has more words is a command; so is a script of this
    // repository, and a command of the hosts.
    private static readonly string[] Programs =
    [
        "bash",
        "chmod",
        "chown",
        "cp",
        "curl",
        "docker",
        "dotnet",
        "git",
        "install",
        "kill",
        "make",
        "mv",
        "node",
        "npm",
        "openssl",
        "pg_dump",
        "psql",
        "rabbitmqctl",
        "redis-cli",
        "redis-server",
        "rm",
        "sh",
        "sudo",
        "systemctl",
        "tar",
        "wrk",
    ];

    private static readonly string[] HostCommands = ["--health", "--new-key", "--seed"];

    /// <summary>All of them, in the order of the documents.</summary>
    public static IReadOnlyList<DocumentedCommand> All { get; } =
    [.. Documents().SelectMany(document => In(document, File.ReadAllText(Path.Combine(Repository.Root, document))))];

    /// <summary>
    /// Texts for people, of articles and decisions left out: decisions tell what was, and not what to type.
    /// </summary>
    private static IEnumerable<string> Documents() =>
        new[] { ".", "docs", "deploy", "gateway", "load-tests", "seeds", "services", "tests" }
            .SelectMany(folder =>
                Directory.EnumerateFiles(
                    Path.Combine(Repository.Root, folder),
                    "*.md",
                    folder is "." or "docs" or "seeds" ? SearchOption.TopDirectoryOnly : SearchOption.AllDirectories
                )
            )
            .Select(file => Path.GetRelativePath(Repository.Root, file))
            .Where(file => !file.Split('/').Any(part => part is "bin" or "obj"))
            .Order(StringComparer.Ordinal);

    /// <summary>The commands of a text.</summary>
    public static IEnumerable<DocumentedCommand> In(string document, string text)
    {
        foreach (Match fence in Fence().Matches(text))
        {
            var language = fence.Groups[1].Value;
            if (Shells.Contains(language))
            {
                foreach (var command in Split(fence.Groups[2].Value))
                {
                    yield return new DocumentedCommand(document, command);
                }
            }
            else if (!OtherLanguages.Contains(language))
            {
                throw new InvalidDataException($"{document}: is a block of \"{language}\" one of commands?");
            }
        }

        foreach (Match code in Inline().Matches(Fence().Replace(text, "")))
        {
            if (IsCommand(code.Groups[1].Value))
            {
                yield return new DocumentedCommand(document, code.Groups[1].Value);
            }
        }
    }

    private static bool IsCommand(string text)
    {
        var words = text.Split(' ');
        return (words.Length > 1 && Programs.Contains(words[0]))
            || HostCommands.Contains(words[0])
            || IsScript(words[0]);
    }

    private static bool IsScript(string path) =>
        path.Contains('/', StringComparison.Ordinal)
        && Path.Combine(Repository.Root, path) is var file
        && File.Exists(file)
        && File.GetUnixFileMode(file).HasFlag(UnixFileMode.UserExecute);

    /// <summary>Splits a block as a shell does: a line goes on behind a backslash and within quotes.</summary>
    private static List<string> Split(string block)
    {
        var commands = new List<string>();
        var command = new StringBuilder();
        var quote = '\0';
        for (var i = 0; i < block.Length; i++)
        {
            var c = block[i];
            if (quote != '\0' || c is '\'' or '"')
            {
                quote =
                    quote == '\0' ? c
                    : quote == c ? '\0'
                    : quote;
                command.Append(c);
            }
            else if (c == '\\' && i + 1 < block.Length && block[i + 1] == '\n')
            {
                i++;
            }
            else if (c == '#' && (i == 0 || char.IsWhiteSpace(block[i - 1])))
            {
                i = block.IndexOf('\n', i) - 1;
            }
            else if (c == '\n')
            {
                commands.Add(command.ToString());
                command.Clear();
            }
            else
            {
                command.Append(c);
            }
        }

        commands.Add(command.ToString());
        return [.. commands.Select(each => each.Trim()).Where(each => each.Length > 0)];
    }

    [GeneratedRegex(@"^ *```([a-z]*)\n(.*?)^ *```", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex Fence();

    [GeneratedRegex(@"(?<!`)`([^`\n]+)`(?!`)")]
    private static partial Regex Inline();
}
