using System.Text.RegularExpressions;
using PortalServices.Testing;

namespace PortalServices.Architecture.Tests.Deployment;

/// <summary>
/// What the documents show is what people type: no secret on a command line, which every user of the machine can read.
/// </summary>
public sealed partial class SecretsInDocsTests
{
    public static TheoryData<string> Documents =>
        [
            .. new[] { ".", "docs", "deploy", "gateway", "load-tests", "seeds", "services/Shared", "tests" }
                .SelectMany(folder => Directory.GetFiles(Path.Combine(Repository.Root, folder), "*.md"))
                .Select(file => Path.GetRelativePath(Repository.Root, file)),
        ];

    [Theory, MemberData(nameof(Documents))]
    public void A_document_puts_no_secret_on_a_command_line(string document)
    {
        var text = File.ReadAllText(Path.Combine(Repository.Root, document));
        // Inside fences, where commands are; a line that ends with a backslash goes on.
        var commands = Fence()
            .Matches(text)
            .SelectMany(fence => fence.Groups[1].Value.Replace("\\\n", " ", StringComparison.Ordinal).Split('\n'));
        Assert.All(commands, command => Assert.False(OnCommandLine().IsMatch(command), command));
    }

    [Theory]
    [InlineData("curl -H \"Authorization: Bearer $KEY\" http://localhost:8081/", true)]
    [InlineData("dotnet run -- --Counting:VisitorSecret=\"$SECRET\"", true)]
    [InlineData("dotnet run -- --ConnectionStrings:content=\"Host=x;Password=$PASSWORD\"", true)]
    [InlineData("dotnet run -- --Mail:Password=x", true)]
    [InlineData("psql postgresql://portal:$PASSWORD@localhost/content", true)]
    [InlineData("Counting__VisitorSecret=\"$SECRET\" dotnet run --project services/Counting/Counting.Host", false)]
    [InlineData("curl -H @operator.header http://localhost:8081/", false)]
    [InlineData(
        "(umask 077; printf 'Authorization: Bearer %s\\n' \"$(cat data/operator.key)\" > operator.header)",
        false
    )]
    public void What_is_one_is_known(string command, bool isOne) =>
        Assert.Equal(isOne, OnCommandLine().IsMatch(command));

    [GeneratedRegex(@"^```[a-z]*\n(.*?)^```", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex Fence();

    [GeneratedRegex(
        @"\bcurl\b.*Bearer |--[A-Za-z:]*(?:Secret|Password)[A-Za-z]*[= ]|--ConnectionStrings:[^ ]*=.*Password=|://[^/ ]+:\$[^/ ]+@"
    )]
    private static partial Regex OnCommandLine();
}
