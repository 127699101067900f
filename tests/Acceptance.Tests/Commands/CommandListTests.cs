namespace PortalServices.Acceptance.Tests.Commands;

public sealed class CommandListTests
{
    [Fact]
    public void Each_documented_command_is_run_or_there_is_a_reason() =>
        Assert.All(
            DocumentedCommand.All,
            command =>
                Assert.True(
                    (
                        (bool[])
                            [
                                CommandList.IsNotRun(command.Text),
                                CommandList.IsAtTheDoors(command.Text),
                                CommandList.Starts(command.Text),
                            ]
                    ).Count(each => each) == 1,
                    $"{command.Document} shows a command that the tests do not know: have it run, or give the reason in CommandList. {command.Text}"
                )
        );

    [Fact]
    public void Each_reason_is_still_needed() =>
        Assert.All(
            CommandList.NotRun.Keys,
            start =>
                Assert.Contains(
                    DocumentedCommand.All,
                    command => command.Text.StartsWith(start, StringComparison.Ordinal)
                )
        );

    [Fact]
    public void Commands_are_found_in_blocks_and_sentences()
    {
        const string Text = """
            Type `tests/run --long`, or `dotnet build`; `dotnet` alone is a program, `tests/README.md` a file and `a b` is nothing.

            ```sh
            # A comment; it's none.
            curl http://localhost:8080/#top \
              -d '{"a":1,
                   "b":2}'   # and what it means
            newcommand --now
            ```

            ```json
            { "dotnet run": 1 }
            ```
            """;
        Assert.Equal(
            [
                "curl http://localhost:8080/#top   -d '{\"a\":1,\n       \"b\":2}'",
                "newcommand --now",
                "tests/run --long",
                "dotnet build",
            ],
            DocumentedCommand.In("text", Text).Select(command => command.Text)
        );
        Assert.Throws<InvalidDataException>(() => DocumentedCommand.In("text", "```zsh\nls\n```\n").ToList());
        Assert.True(DocumentedCommand.All.Count > 50);
        Assert.All(
            (string[])
                ["README.md", "docs/performance.md", "load-tests/README.md", "tests/README.md", "deploy/README.md"],
            document => Assert.Contains(DocumentedCommand.All, command => command.Document == document)
        );
    }
}
