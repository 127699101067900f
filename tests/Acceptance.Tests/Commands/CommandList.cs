namespace PortalServices.Acceptance.Tests.Commands;

/// <summary>
/// What becomes of each documented command: it is run in its shortest form, or it is not, for a reason.
/// </summary>
internal static class CommandList
{
    /// <summary>Beginnings of commands that cannot be run here, and why.</summary>
    public static readonly IReadOnlyDictionary<string, string> NotRun = new Dictionary<string, string>
    {
        ["docker compose"] = "The tests have no Docker; the Services shape starts what compose.yaml says as processes.",
        ["deploy/make-secrets"] = "ComposeTests run it, in a folder of their own.",
        ["(cd deploy/secrets"] = "It is for the secrets of the reader, before make-secrets makes them anew.",
        ["kubectl"] = "The tests have no cluster; KubernetesTests hold the manifests to the types of the API.",
        ["tests/compile-ahead"] = "A whole run of the tests begins with it.",
        ["tests/run"] = "This test is run by it.",
        ["tests/captcha-attack"] = "It takes minutes and needs tesseract; what it runs is built with the tests.",
        ["tests/Upgrade.Tests/make-fixtures"] =
            "It builds an earlier version out of git, takes minutes and needs a C compiler; its recorder is built with the tests.",
        ["redis-cli --rdb"] = "It is Redis' own, for the primaries of a cluster, of which backup.sh makes no copy.",
        ["dotnet run --project load-tests/"] =
            "LoadTests.Tests run the tool with these options, at a portal of their own and at a suite that it starts.",
        ["dotnet publish services/Standalone"] = "PublishTests publish it and start what comes of it.",
        ["dotnet csharpier format"] = "It changes the sources; tests/run checks that there is nothing to change.",
        ["dotnet tool restore"] = "It asks the registry of packages; tests/run does it.",
        ["dotnet restore"] = "It asks the registry of packages, and the tests ask no network.",
        ["deploy/backup.sh"] = "ServicesBackupTests run it on servers of their own.",
        ["deploy/restore.sh"] = "ServicesBackupTests run it on servers of their own.",
        ["export PORTAL_REDIS_CLI"] = "It names servers of the reader; ServicesBackupTests set the same variables.",
        ["redis-cli HGET"] = "It looks at a ledger that is damaged; LedgerDamageTests read such fields.",
        ["redis-cli HDEL"] = "It mends a ledger that is damaged; LedgerDamageTests send the same command.",
    };

    /// <summary>
    /// Beginnings of commands at a portal's doors and around them: all of a document are run in their order, at a
    /// portal of their own.
    /// </summary>
    public static readonly IReadOnlyList<string> AtTheDoors = ["curl", "(umask 077;", "install -d"];

    /// <summary>
    /// Commands that start a program: each is started until it says that it is ready, or runs to its end.
    /// </summary>
    public static bool Starts(string command) =>
        (command.Contains("dotnet run --project ", StringComparison.Ordinal) && !IsNotRun(command))
        || ((string[])["redis-server ", "load-tests/performance", "--health", "--new-key", "--seed"]).Any(start =>
            command.StartsWith(start, StringComparison.Ordinal)
        );

    public static bool IsNotRun(string command) =>
        NotRun.Keys.Any(start => command.StartsWith(start, StringComparison.Ordinal));

    public static bool IsAtTheDoors(string command) =>
        AtTheDoors.Any(start => command.StartsWith(start, StringComparison.Ordinal));
}
