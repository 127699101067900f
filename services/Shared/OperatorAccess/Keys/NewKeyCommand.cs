using System.Text.Json;
using PortalServices.Http.Json;
using PortalServices.ServiceDefaults.Hosting;

namespace PortalServices.OperatorAccess.Keys;

/// <summary>
/// <c>--new-key NAME --scopes a,b --sites x,y</c>: prints the key, which is stored nowhere, and on the next line the
/// entry for <c>Operators:Keys</c> that lets it in.
/// </summary>
internal sealed class NewKeyCommand : IHostCommand
{
    private const string Usage = "usage: --new-key NAME --scopes a,b --sites x,y (sites may be *)";

    public string Switch => "--new-key";

    public bool TakesArguments => true;

    public Task<int> RunAsync(string[] args, CancellationToken cancellationToken)
    {
        var (name, scopes, sites) = Parse(args);
        var secret = OperatorKey.NewKey();
        var key = new OperatorKey
        {
            Name = name,
            Hash = OperatorKey.HashOf(secret),
            Scopes = scopes,
            Sites = sites,
        };
        if (key.Mistakes().ToList() is { Count: > 0 } mistakes)
        {
            throw new StartupException(
                $"--new-key: {string.Join("; ", mistakes.Select(m => $"{m.Field}: {m.Rule}"))}; {Usage}"
            );
        }
        Console.WriteLine(secret);
        Console.WriteLine(JsonSerializer.Serialize(key, PortalJson.Options));
        return Task.FromResult(0);
    }

    private static (string Name, string[] Scopes, string[] Sites) Parse(string[] args)
    {
        var given = new Dictionary<string, string>();
        var words = new Queue<string>(
            args.SelectMany(arg => arg.StartsWith("--", StringComparison.Ordinal) ? arg.Split('=', 2) : [arg])
        );
        while (words.TryDequeue(out var word))
        {
            if (word is not ("--new-key" or "--scopes" or "--sites"))
            {
                throw new StartupException($"{word}: unknown argument; {Usage}");
            }
            if (!words.TryDequeue(out var value) || value.StartsWith("--", StringComparison.Ordinal))
            {
                throw new StartupException($"{word}: a value is missing; {Usage}");
            }
            if (!given.TryAdd(word, value))
            {
                throw new StartupException($"{word}: given twice; {Usage}");
            }
        }

        return (
            given["--new-key"],
            List(given.GetValueOrDefault("--scopes")),
            List(given.GetValueOrDefault("--sites"))
        );
    }

    private static string[] List(string? value) =>
        value?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) ?? [];
}
