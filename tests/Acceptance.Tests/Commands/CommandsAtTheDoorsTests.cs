using System.Globalization;
using System.Text.Json;
using PortalServices.Testing;
using PortalServices.Testing.Processes;
using PortalServices.Testing.Shapes;

namespace PortalServices.Acceptance.Tests.Commands;

/// <summary>
/// What the documents have a reader type at a portal's doors works as it stands there, one command after the other, at
/// the reference portal.
/// </summary>
public sealed class CommandsAtTheDoorsTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    // What a reader has to put into a command by hand, or has no mail or letter for, is refused in the way that the
    // product tells.
    private static readonly (string Part, int Status, string Code)[] Refused =
    [
        ("no-slash", 400, "invalid_page"),
        ("\"change\":-120", 404, "unknown_page"),
        ("/store-loss/acknowledge", 409, "no_store_loss"),
        ("/dead-letters/content/$LETTER", 404, "unknown_dead_letter"),
        ("/rating/words/$WORDS", 404, "unknown_words"),
        ("/feedback/$ID/", 404, "unknown_feedback"),
        ("/feedback/7KQ2-M0XA-T9RD", 404, "unknown_receipt"),
        ("7HM 4tw", 400, "captcha_wrong"),
        ("7HM4TW", 400, "captcha_used"),
    ];

    [Fact]
    public async Task They_are_answered()
    {
        Assert.SkipUnless(
            Programs.IsInPath("curl"),
            "curl is not installed: what the documents do with it was not tried."
        );
        await using var portal = await StandaloneShape.StartNewAsync(
            new PortalSettings
            {
                Seeds = Path.Combine(Repository.Root, "seeds"),
                OfFeedback = new Dictionary<string, string> { ["Captcha:FastestFill"] = "00:00:00" },
            }
        );
        List<string> failures = [];
        var key = (await File.ReadAllTextAsync(Path.Combine(portal.Data, "operator.key"), Cancel)).Trim();
        // The first document last: it makes an article whose address another one tells.
        foreach (
            var document in DocumentedCommand
                .All.Where(command => CommandList.IsAtTheDoors(command.Text))
                .GroupBy(command => command.Document)
                .Reverse()
        )
        {
            using var shell = new Shell();
            shell.Replaced["http://localhost:8080"] = portal.PublicDoor.Door.ToString().TrimEnd('/');
            shell.Replaced["http://localhost:8081"] = portal.OperatorsDoor.Door.ToString().TrimEnd('/');
            shell.Replaced["data/operator.key"] = Path.Combine(portal.Data, "operator.key");
            shell.Replaced["/etc/portal/secrets"] = shell.File("secrets");
            shell.Replaced["2026-11-25"] = TimeProvider
                .System.GetUtcNow()
                .ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
            // Until a command has made one.
            shell.Variables["ID"] = Guid.NewGuid().ToString();
            shell.Variables["WORDS"] = Guid.NewGuid().ToString();
            shell.Variables["LETTER"] = $"{Guid.NewGuid():N}.consumer";
            await File.WriteAllTextAsync(
                Path.Combine(shell.File("work"), "operator.header"),
                $"Authorization: Bearer {key}\n",
                Cancel
            );
            foreach (var command in document)
            {
                if (await FailureAsync(shell, command) is { } failure)
                {
                    failures.Add($"{command.Document}: {command.Text}\n{failure}");
                }
            }
        }

        Assert.True(failures.Count == 0, string.Join("\n\n", failures));
    }

    /// <summary>Null when the command did what a reader may expect.</summary>
    private static async Task<string?> FailureAsync(Shell shell, DocumentedCommand command)
    {
        var (code, output, tail) = await shell.RunAsync(command.Text);
        if (code != 0)
        {
            return $"ended with {code}: {tail}";
        }
        if (!command.Text.StartsWith("curl ", StringComparison.Ordinal))
        {
            return null;
        }
        var status = int.Parse(output[^1], CultureInfo.InvariantCulture);
        Remember(shell, command.Text, output);
        var refusal = Refused.FirstOrDefault(each => command.Text.Contains(each.Part, StringComparison.Ordinal));
        var isAsExpected = refusal.Part is null
            ? status is >= 200 and < 304
            : status == refusal.Status
                && output.Any(line => line.Contains($"\"{refusal.Code}\"", StringComparison.Ordinal));
        return isAsExpected ? null : $"was answered {status}: {tail}";
    }

    // Later commands name what an earlier one made.
    private static void Remember(Shell shell, string command, IReadOnlyList<string> output)
    {
        if (
            output.FirstOrDefault(line => line.StartsWith('{')) is { } line
            && JsonDocument.Parse(line).RootElement is var reply
            && reply.TryGetProperty("id", out var id)
        )
        {
            shell.Variables[command.Contains("/captchas", StringComparison.Ordinal) ? "CAPTCHA" : "ID"] = id.ToString();
        }
    }
}
